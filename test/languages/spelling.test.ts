import { describe, expect, it } from 'vitest';
import { termsOf, wordsOf } from '../../src/languages/analysis.js';
import { alternatives } from '../../src/languages/spelling/alternatives.js';

/** Each row: a language and spellings that are one word, or the same words. */
const SAME: readonly (readonly [lang: string, ...spellings: string[]])[] = [
  // Arabic: vowel signs, tatweel, alef, yeh, teh marbuta, Persian letters, presentation forms
  ['ar', 'مكتبة', 'مكتبه', 'مَكْتَبَة', 'مكـتبة', 'ﻣﻜﺘﺒﺔ'],
  ['ar', 'كرسي', 'کرسی', 'كرسى'],
  ['ar', 'أسبوع', 'اسبوع', 'إسبوع'],
  // Hindi: nukta, nasals, borrowed vowels, verbs, joiners
  ['hi', 'दर्ज़ी', 'दर्जी'],
  ['hi', 'पञ्चायत', 'पंचायत'],
  ['hi', 'सन्तरा', 'संतरा'],
  ['hi', 'साँप', 'सांप'],
  ['hi', 'कॉफी', 'काफी'],
  ['hi', 'आये', 'आए'],
  ['hi', 'अन्तःकरण', 'अंतकरण'],
  ['hi', 'विद्यार्थी', 'विद्\u200dयार्थी'],
  // Bengali: reformed vowels, doubled consonants, nasals, the t without a vowel
  ['bn', 'পাখী', 'পাখি'],
  ['bn', 'পূর্ব্ব', 'পূর্ব'],
  ['bn', 'রঙ', 'রং'],
  ['bn', 'হঠাৎ', 'হঠাত্'],
  ['bn', 'হাঁস', 'হাস'],
  ['bn', 'ঝরণা', 'ঝরনা'],
  // Telugu: nasals, older endings and letters, joiners
  ['te', 'గ్రన్థం', 'గ్రంథం'],
  ['te', 'విమానము', 'విమానం'],
  ['te', 'మఱి', 'మరి'],
  ['te', 'బస్‌లో', 'బస్లో'],
  // Greek: accents old and new, capitals, initials
  ['el', 'ΠΟΔΗΛΑΤΟ', 'ποδήλατο', 'ποδηλατο'],
  ['el', 'ἄνθρωπος', 'άνθρωπος', 'ΑΝΘΡΩΠΟΣ'],
  ['el', 'Ο.Τ.Ε.', 'ΟΤΕ'],
  // Russian: yo, stress, spelling before 1918, a Latin letter
  ['ru', 'щётка', 'щетка'],
  ['ru', 'доро́га', 'дорога'],
  ['ru', 'вѣтеръ', 'ветер'],
  ['ru', 'иcтория', 'история'],
  // Vietnamese: place of the tone, i and y
  ['vi', 'toà', 'tòa'],
  ['vi', 'loè', 'lòe'],
  ['vi', 'huỷ', 'hủy'],
  ['vi', 'lý', 'lí'],
  ['vi', 'quỹ', 'quĩ'],
  // Turkish: the dot of capitals, circumflexes, apostrophes
  ['tr', 'IZMIR', 'İzmir', 'izmir'],
  ['tr', 'lâle', 'lale'],
  ['tr', 'Bursa’dan', "Bursa'dan", 'Bursa'],
  // Romanian: comma and cedilla, a and i with circumflex
  ['ro', 'școală', 'şcoală', 'scoală'],
  ['ro', 'sfînt', 'sfânt'],
  // German, French, Spanish, English, Finnish
  ['de', 'Fußgänger', 'Fussgänger', 'FUSSGÄNGER'],
  ['fr', 'nœud', 'noeud'],
  ['fr', 'l’arbre', "l'arbre", 'l´arbre', 'arbre'],
  ['es', 'avión', 'avion', 'AVIÓN'],
  ['en', 'encyclopædia', 'encyclopaedia'],
  ['en', 'İzmir', 'Izmir'],
  ['fi', 'yö\u00adjuna', 'yöjuna'],
  // Thai: AM in two signs, AE in two letters, the order of signs
  ['th', 'ถ้ำ', 'ถํ้า', 'ถ\u0e49\u0e4d\u0e32'],
  ['th', 'แมว', 'เเมว'],
  ['th', 'นี้', 'น้ี'],
  // Japanese: width, long vowels, v, kana, characters old and new, years
  ['ja', 'ﾌﾟﾘﾝﾀｰ', 'プリンター', 'プリンタ'],
  ['ja', 'ヴェール', 'ベール'],
  ['ja', 'ミカン', 'みかん'],
  ['ja', '圖書', '図書'],
  ['ja', 'たゝみ', 'たたみ'],
  ['ja', 'スプ\u2212ン', 'スプーン'],
  ['ja', '一九六四年', '1964年', '１９６４年'],
  // Chinese: traditional and simplified, width, radicals
  ['zh', '火車站', '火车站'],
  ['zh', '３樓', '3楼'],
  ['zh', '⼭⽔', '山水'],
  // Korean: letters apart, a number and its noun
  ['ko', '도서관', '도서관'],
  ['ko', '1988년', '1988 년', '１９８８년'],
];

describe('variants of spelling', () => {
  it.each(SAME)('are one word in %s: %s', (lang, ...spellings) => {
    const [first, ...others] = spellings.map((spelling) => termsOf(spelling, lang));
    expect(first.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  });

  it.each([
    ['ar', 'علم', 'عالم'],
    ['hi', 'काम', 'कम'],
    ['bn', 'বই', 'বউ'],
    ['te', 'పాలు', 'పాట'],
    ['ru', 'мел', 'мол'],
    ['vi', 'ma', 'má'],
    ['vi', 'quay', 'quai'],
    ['tr', 'on', 'ön'],
    ['ja', 'ビル', 'ビール'],
    ['th', 'ไก่', 'ไข่'],
    ['zh', '大', '太'],
  ])('other words of %s stay apart: %s, %s', (lang, one, other) => {
    expect(termsOf(one, lang)).not.toEqual(termsOf(other, lang));
  });
});

describe('characters that are replaced before words are cut', () => {
  it.each([
    ['a ligature', 'ﬂoor ﬁve', ['floor', 'five']],
    ['a soft hyphen and a joiner', 'light\u00adhouse key\u2060board', ['lighthous', 'keyboard']],
    ['marks of direction', '\u200eship\u200f', ['ship']],
    ['letters of mathematics and full width', '𝐛𝐨𝐚𝐭 ＢＯＡＴ', ['boat', 'boat']],
    ['a trade mark', 'Acme™ Acme℠', ['acm', 'acm']],
    ['initials', 'N.A.S.A. NASA', ['nasa', 'nasa']],
    ['names of programming languages', 'C++, C# or C', ['c++', 'c#', 'or', 'c']],
  ])('%s', (_, text, terms) => {
    expect(termsOf(text, 'en')).toEqual(terms);
  });

  it('leave the offsets those of the text in NFC', () => {
    const text = 'o\u0308l ﬁ\u00adsh \u200bเเม่นํ้า ½ Ⅷ ｶﾞｽ x²';
    const source = text.normalize('NFC');
    expect(
      wordsOf(text, 'th').map(({ start, end }) => source.slice(start, end).replace(/\u00ad/g, '')),
    ).toEqual(['öl', 'ﬁsh', 'เเม่นํ้า', '½', '½', 'Ⅷ', 'ｶﾞｽ', 'x²']);
  });
});

describe('numbers', () => {
  it.each([
    ['groups', 'en', ['4,700', '4.700', "4'700", '4’700', '4\u00a0700', '4\u202f700', '4700']],
    ['groups in other digits', 'ar', ['٤٬٧٠٠', '४,७००', '４，７００', '٤،٧٠٠', '4700']],
    ['groups with a space where it is usual', 'fi', ['83 400', '83\u2009400', '83400']],
    ['groups of India', 'hi', ['3,45,000', '३,४५,०००', '345000']],
    ['decimals', 'de', ['7,25', '7.25', '٧٫٢٥']],
    ['groups and decimals', 'de', ['6.300,5', '6,300.5', "6'300.5", '6300.5']],
    ['units', 'en', ['40km', '40 km']],
  ])('have one form: %s', (_, lang, spellings) => {
    const [first, ...others] = spellings.map((spelling) => termsOf(spelling, lang));
    for (const other of others) expect(other).toEqual(first);
  });

  it.each([
    ['other numbers', '4,700', '47,000'],
    ['a decimal below one', '0.470', '470'],
    ['two numbers', '47 00', '4700'],
    ['a long group', '4 7001', '47001'],
    ['an exponent', '3²', '32'],
    ['a fraction', '3½', '31'],
    ['versions', '1.2.3', '123'],
  ])('stay apart: %s', (_, one, other) => {
    expect(termsOf(one, 'en')).not.toEqual(termsOf(other, 'en'));
  });

  it('are not joined across a space in English', () => {
    expect(termsOf('line 12 300 metres', 'en')).toEqual(['line', '12', '300', 'metr']);
  });
});

describe('other ways to write a word of a question', () => {
  it.each([
    ['de', 'gemüse', 'gemuese'],
    ['de', 'moebel', 'möbel'],
    ['en', 'harbour', 'harbor'],
    ['en', 'theater', 'theatre'],
    ['en', 'recognise', 'recognize'],
    ['en', 'cancelled', 'canceled'],
    ['en', 'plow', 'plough'],
    ['ar', 'مرؤوس', 'مرئوس'],
  ])('%s: %s, %s', (lang, word, other) => {
    expect(alternatives(word, lang)).toContain(other);
    expect(alternatives(other, lang)).toContain(word);
  });

  it('are not sought where there are none', () => {
    expect(alternatives('frauen', 'de')).toEqual([]);
    expect(alternatives('garden', 'en')).toEqual([]);
    expect(alternatives('poema', 'es')).toEqual([]);
  });
});
