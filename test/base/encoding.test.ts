import { describe, expect, it } from 'vitest';
import { guessEncoding, guessUtf16 } from '../../src/base/encoding.js';

/** The bytes of a text in an encoding of single bytes, by asking for every byte. */
function encoded(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding);
  const byteOf = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]),
  );
  return Buffer.from(Array.from(text, (character) => byteOf.get(character)!));
}

/** As above, with characters of two bytes. */
function encodedInPairs(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding);
  const bytesOf = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (!bytesOf.has(character)) bytesOf.set(character, [lead, trail]);
    }
  }
  return Buffer.from(
    Array.from(text).flatMap((character) =>
      character < '\x80' ? [character.charCodeAt(0)] : bytesOf.get(character)!,
    ),
  );
}

const SINGLE: readonly [encoding: string, text: string][] = [
  ['windows-1252', 'Crème brûlée'],
  ['windows-1252', 'Voilà le musée'],
  ['windows-1252', 'Der Mond scheint schön.'],
  ['windows-1252', 'à la'],
  ['windows-1252', 'Köln'],
  ['windows-1252', 'Straße'],
  ['windows-1252', '10 °C'],
  ['windows-1252', 'El niño ya comió.'],
  ['windows-1252', 'Æbler på øen'],
  ['windows-1252', 'Die Bäckerei am Marktplatz öffnet früh und schließt um zwölf.'],
  ['windows-1250', 'Muzeum jest zamknięte w święta, a bilety kupuje się na miejscu.'],
  ['windows-1251', 'Музей открыт по выходным, вход для детей свободный.'],
  ['koi8-r', 'Музей открыт по выходным, вход для детей свободный.'],
  ['koi8-r', 'Спасибо, до завтра!'],
  ['ibm866', 'Музей открыт по выходным, вход для детей свободный.'],
  ['iso-8859-7', 'Το μουσείο είναι κλειστό κάθε Δευτέρα και τις αργίες.'],
  ['windows-1254', 'Müze pazartesi günleri kapalıdır, çocuklar için giriş ücretsizdir.'],
  ['windows-1255', 'המוזיאון סגור בימי שני ובחגים.'],
  ['windows-1256', 'المتحف مغلق يوم الاثنين والدخول مجاني للأطفال.'],
  ['windows-874', 'พิพิธภัณฑ์ปิดทุกวันจันทร์'],
];

const PAIRS: readonly [encoding: string, text: string][] = [
  ['shift_jis', '博物館は月曜日に休みます。'],
  ['euc-jp', '博物館は月曜日に休みます。'],
  ['gb18030', '博物馆每逢星期一闭馆。'],
  ['big5', '博物館每逢星期一休館，兒童免費入場。'],
  ['euc-kr', '박물관은 월요일에 쉽니다.'],
];

describe('guessEncoding', () => {
  for (const [encoding, text] of SINGLE) {
    it(`reads ${encoding}: ${text}`, async () => {
      const bytes = encoded(text, encoding);
      expect(new TextDecoder((await guessEncoding(bytes))!).decode(bytes)).toBe(text);
    });
  }

  for (const [encoding, text] of PAIRS) {
    it(`reads ${encoding}: ${text}`, async () => {
      const bytes = encodedInPairs(text, encoding);
      expect(new TextDecoder((await guessEncoding(bytes))!).decode(bytes)).toBe(text);
    });
  }
});

describe('guessUtf16', () => {
  it('knows both byte orders without a mark, in any script', () => {
    for (const text of [
      'Plain words.\n',
      'Καλημέρα κόσμε',
      '博物館は月曜日に休みます。\n',
      'ไทย 1',
    ]) {
      const little = Buffer.from(text, 'utf16le');
      expect(guessUtf16(little), text).toBe('utf-16le');
      expect(guessUtf16(Buffer.from(little).swap16()), text).toBe('utf-16be');
    }
  });

  it('takes binary data for none', () => {
    for (const bytes of ['Text\0with a zero', '\0\0\0\x01', 'RIFF$\0\0\0WAVEfmt '])
      expect(guessUtf16(Buffer.from(bytes, 'latin1'))).toBeNull();
  });
});
