import { describe, expect, it } from 'vitest';
import type { Block, SourceDocument } from '../../src/corpus/passage.js';
import { passagesOf } from '../../src/corpus/split.js';

const TEXTS = {
  en: 'The bakery opens at seven and sells bread, rolls and cakes until the evening. It is closed on the first Monday of the month.',
  de: 'Die Bäckerei öffnet um sieben und verkauft Brot, Brötchen und Kuchen bis zum Abend. Sie ist am ersten Montag des Monats geschlossen.',
  fr: "La boulangerie ouvre à sept heures et vend du pain, des petits pains et des gâteaux jusqu'au soir. Elle est fermée le premier lundi du mois.",
  es: 'La panadería abre a las siete y vende pan, bollos y pasteles hasta la noche. Está cerrada el primer lunes de cada mes.',
  pt: 'A padaria abre às sete e vende pão, bolos e doces até à noite. Está fechada na primeira segunda-feira de cada mês, como sempre.',
  nl: 'De bakkerij gaat om zeven uur open en verkoopt tot de avond brood, broodjes en taart. Op de eerste maandag van de maand is zij gesloten.',
  th: 'ร้านขนมปังเปิดตอนเจ็ดโมงเช้าและขายขนมปังกับเค้กจนถึงเย็น',
  ja: 'パン屋は朝七時に開いて、夕方までパンとケーキを売っています。毎月最初の月曜日は休みです。',
  zh: '面包店早上七点开门，一直卖面包和蛋糕到晚上。每个月的第一个星期一休息。',
  ru: 'Булочная открывается в семь часов и продаёт хлеб, булочки и пирожные до вечера. В первый понедельник месяца она закрыта.',
  uk: 'Пекарня відчиняється о сьомій і продає хліб, булочки та тістечка до вечора. У перший понеділок місяця її зачинено.',
  ar: 'يفتح المخبز في الساعة السابعة ويبيع الخبز والكعك حتى المساء، ويغلق في أول يوم اثنين من الشهر.',
  fa: 'نانوایی ساعت هفت باز می‌شود و تا غروب نان و کیک می‌فروشد و در اولین دوشنبهٔ هر ماه بسته است.',
} as const;
type Lang = keyof typeof TEXTS;

function documentOf(
  texts: readonly (string | Block)[],
  more: Partial<SourceDocument> = {},
): SourceDocument {
  const blocks = texts.map((text) => (typeof text === 'string' ? { headings: [], text } : text));
  return { id: 'd', source: '/s', path: '/s/d', title: '', metadata: {}, blocks, ...more };
}

const languagesOf = async (document: SourceDocument, lang?: string): Promise<string[]> =>
  (await passagesOf(document, { lang })).passages.map((passage) => passage.lang);

describe('passages of a document in several languages', () => {
  it.each([
    ['en', 'th', 'de'],
    ['th', 'en', 'fr'],
    ['de', 'ru', 'en'],
    ['ja', 'en', 'zh'],
    ['es', 'pt', 'en'],
    ['ar', 'en', 'fa'],
    ['ru', 'uk', 'de'],
    ['en', 'nl', 'th'],
  ] as Lang[][])('have a language each: %s, %s, %s', async (...langs) => {
    const sections = langs.map((lang, i) => ({ headings: [`${i}`], text: TEXTS[lang] }));
    expect(await languagesOf(documentOf(sections))).toEqual(langs);
    const paragraphs = langs.map((lang) => TEXTS[lang]).join('\n\n');
    expect(await languagesOf(documentOf([paragraphs]))).toEqual(langs);
  });

  it('lose no text', async () => {
    const texts = [TEXTS.en, TEXTS.th, 'A short note.', TEXTS.de, '', TEXTS.en];
    const { passages } = await passagesOf(documentOf([texts.join('\n\n')]));
    const joined = passages.map(({ text }) => text).join('\n\n');
    expect(joined.replace(/\s+/g, ' ')).toBe(texts.join(' ').replace(/\s+/g, ' '));
  });

  it('are one where the language is one, with names and code in between', async () => {
    const text = [TEXTS.de, 'npm install --save-dev typescript', TEXTS.de, 'Berlin, Paris, Rom'];
    expect(await languagesOf(documentOf([text.join('\n\n')]))).toEqual(['de']);
    const thai = [TEXTS.th, 'Microsoft Windows Server 2022 Datacenter', TEXTS.th];
    expect(await languagesOf(documentOf([thai.join('\n\n')]))).toEqual(['th']);
  });
});

describe('a declared language', () => {
  it.each([
    ['th', 'en'],
    ['de', 'en'],
    ['en', 'de'],
    ['fr', 'es'],
    ['ja', 'en'],
    ['uk', 'ru'],
    ['fa', 'ar'],
    ['nl', 'en'],
    ['ja', 'zh'],
  ] as [Lang, string][])('is overruled by text in %s, not in %s', async (lang, declared) => {
    const { passages, contradiction } = await passagesOf(
      documentOf([TEXTS[lang]], { lang: declared }),
    );
    expect(passages.map((passage) => passage.lang)).toEqual([lang]);
    expect(passages[0].langConfidence).toBeLessThan(1);
    expect(contradiction).toEqual({ declared, lang });
  });

  it.each(Object.entries(TEXTS))('stands where it fits: %s', async (lang, text) => {
    const { passages, contradiction } = await passagesOf(documentOf([text], { lang }));
    expect(passages.map((passage) => [passage.lang, passage.langConfidence])).toEqual([[lang, 1]]);
    expect(contradiction).toBeNull();
  });

  it.each([
    [
      'sr',
      'Pekara se otvara u sedam i prodaje hleb i kolače do večeri, a prvog ponedeljka ne radi.',
    ],
    ['hi', 'Bakery subah saat baje khulti hai aur shaam tak roti aur cake bechti hai.'],
    ['nb', 'Bakeriet åpner klokka sju og selger brød, boller og kaker til kvelden kommer.'],
    ['id', 'Toko roti buka pukul tujuh dan menjual roti serta kue sampai malam hari.'],
    ['th', 'Siam Paragon, CentralWorld'],
    ['de', '4711'],
    ['ja', '東京都新宿区'],
    ['zh-Hant-TW', '麵包店早上七點開門，一直賣麵包和蛋糕到晚上。'],
  ])('of a near language, or above a text that says little, stands: %s', async (lang, text) => {
    const { passages, contradiction } = await passagesOf(documentOf([text], { lang }));
    expect(contradiction).toBeNull();
    expect(passages[0].langConfidence).toBe(1);
  });

  it('may be a country or a name, as people write them in data', async () => {
    for (const [declared, lang] of [
      ['jp', 'ja'],
      ['ger', 'de'],
      ['German', 'de'],
      ['th-TH', 'th'],
    ] as const) {
      const { passages } = await passagesOf(documentOf([TEXTS[lang]], { lang: declared }));
      expect([passages[0].lang, passages[0].langConfidence]).toEqual([lang, 1]);
    }
  });

  it('holds for the document: a section in another one has its own', async () => {
    const document = documentOf([TEXTS.en, { headings: ['ไทย'], text: TEXTS.th }], { lang: 'en' });
    expect(await languagesOf(document)).toEqual(['en', 'th']);
    expect((await passagesOf(document)).contradiction).toBeNull();
  });
});

describe('the language that a user states', () => {
  it('is believed against words, but not against letters', async () => {
    expect(await languagesOf(documentOf([TEXTS.de]), 'en')).toEqual(['en']);
    expect(await languagesOf(documentOf([TEXTS.pt], { lang: 'pt' }), 'gl')).toEqual(['gl']);
    const thai = await passagesOf(documentOf([TEXTS.th]), { lang: 'en' });
    expect(thai.passages[0].lang).toBe('th');
    expect(thai.contradiction).toEqual({ declared: 'en', lang: 'th' });
  });
});

describe('a title in another language than the text', () => {
  it('does not decide', async () => {
    const title = 'Annual report of the board of directors for the year';
    expect(await languagesOf(documentOf([TEXTS.th], { title }))).toEqual(['th']);
    expect(await languagesOf(documentOf([TEXTS.ja], { title }))).toEqual(['ja']);
    expect(await languagesOf(documentOf([TEXTS.de], { title }))).toEqual(['de']);
    expect(await languagesOf(documentOf([], { title }))).toEqual(['en']);
  });
});
