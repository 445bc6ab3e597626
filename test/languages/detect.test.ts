import { describe, expect, it } from 'vitest';
import { detectLanguage } from '../../src/languages/detect.js';

/** One sentence per language, written for this test. */
const SENTENCES: Readonly<Record<string, string>> = {
  ar: 'تفتح المكتبة أبوابها كل يوم في الساعة التاسعة صباحا.',
  bn: 'গ্রন্থাগারটি প্রতিদিন সকাল নয়টায় খোলে।',
  de: 'Die Bibliothek öffnet jeden Tag um neun Uhr morgens.',
  el: 'Η βιβλιοθήκη ανοίγει κάθε μέρα στις εννέα το πρωί.',
  en: 'The library opens every day at nine in the morning.',
  es: 'La biblioteca abre todos los días a las nueve de la mañana.',
  fi: 'Kirjasto avataan joka päivä kello yhdeksän aamulla.',
  fr: 'La bibliothèque ouvre tous les jours à neuf heures du matin.',
  hi: 'पुस्तकालय हर दिन सुबह नौ बजे खुलता है।',
  ja: '図書館は毎日午前九時に開きます。',
  ko: '도서관은 매일 아침 아홉 시에 문을 엽니다.',
  ro: 'Biblioteca se deschide în fiecare zi la ora nouă dimineața.',
  ru: 'Библиотека открывается каждый день в девять часов утра.',
  te: 'గ్రంథాలయం ప్రతిరోజూ ఉదయం తొమ్మిది గంటలకు తెరుచుకుంటుంది.',
  th: 'ห้องสมุดเปิดทุกวันเวลาเก้าโมงเช้า',
  tr: 'Kütüphane her gün sabah saat dokuzda açılır.',
  vi: 'Thư viện mở cửa mỗi ngày vào lúc chín giờ sáng.',
  zh: '图书馆每天早上九点开门，晚上六点关门。',
  // Languages that xqg has no rules for.
  he: 'הספרייה נפתחת בכל יום בתשע בבוקר.',
  nl: 'De bibliotheek gaat elke dag om negen uur in de ochtend open.',
  uk: 'Бібліотека відчиняється щодня о дев’ятій годині ранку, а зачиняється ввечері.',
  ta: 'நூலகம் தினமும் காலை ஒன்பது மணிக்குத் திறக்கும்.',
};

describe('detectLanguage', () => {
  it.each(Object.entries(SENTENCES))('recognizes a sentence in %s', async (lang, text) => {
    const found = await detectLanguage(text);
    expect(found.lang).toBe(lang);
    expect(found.confidence).toBeGreaterThan(0.6);
  });

  it('gives weights that sum to 1, heaviest first', async () => {
    for (const text of [...Object.values(SENTENCES), 'hello', '東京', 'Who is สมชาย?']) {
      const { lang, confidence, candidates } = await detectLanguage(text);
      expect(candidates.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      expect(candidates[0].lang).toBe(lang);
      expect(candidates[0].weight).toBeGreaterThanOrEqual(confidence - 1e-9);
      const weights = candidates.map(({ weight }) => weight);
      expect(weights).toEqual([...weights].sort((a, b) => b - a));
    }
  });

  it.each([
    ['ไทย', 'th'],
    ['서울', 'ko'],
    ['Αθήνα', 'el'],
    ['ఢిల్లీ', 'te'],
    ['ঢাকা', 'bn'],
    ['ニューヨーク', 'ja'],
    ['東京タワー', 'ja'],
    ['北京', 'zh'],
    ['Кто', 'ru'],
    ['क्या', 'hi'],
  ])('recognizes %s by its script', async (text, lang) => {
    expect((await detectLanguage(text)).lang).toBe(lang);
  });

  // CLD3 alone answers Serbian and Frisian, with probabilities .83 and .77.
  it.each(['hello', 'berlin wall'])(
    'has low confidence in "%s", where the detector alone is confident and wrong',
    async (text) => {
      const { confidence, candidates } = await detectLanguage(text);
      expect(confidence).toBeLessThan(0.4);
      expect(candidates.map(({ lang }) => lang)).toEqual(
        expect.arrayContaining(['en', 'de', 'vi']),
      );
    },
  );

  it('gives both Japanese and Chinese weight for the characters that they share', async () => {
    const { candidates } = await detectLanguage('東京');
    expect(candidates.map(({ lang }) => lang).sort()).toEqual(['ja', 'zh']);
  });

  it('detects both languages of a mixed question', async () => {
    const { candidates } = await detectLanguage('Who is the president of ประเทศไทย');
    expect(
      candidates
        .slice(0, 2)
        .map(({ lang }) => lang)
        .sort(),
    ).toEqual(['en', 'th']);
  });

  it('reads decomposed letters like composed ones', async () => {
    const decomposed = await detectLanguage(SENTENCES.vi.normalize('NFD'));
    expect(decomposed).toEqual(await detectLanguage(SENTENCES.vi.normalize('NFC')));
  });

  it.each(['', ' ', '123', '?!', '😀', '\u0000', 'ᏣᎳᎩ'])(
    'finds no language in %j',
    async (text) => {
      expect(await detectLanguage(text)).toEqual({ lang: 'und', confidence: 0, candidates: [] });
    },
  );

  it('accepts half a surrogate pair and very long text', async () => {
    expect((await detectLanguage(`\ud800 ${SENTENCES.de} \udc00`)).lang).toBe('de');
    expect((await detectLanguage(SENTENCES.fr.repeat(100_000))).lang).toBe('fr');
  });
});
