import { describe, expect, it } from 'vitest';
import { romanizedGrams, skeleton, termsOf, wordsOf } from '../../src/languages/analysis.js';
import { passageBag } from '../../src/languages/bags.js';
import { Random } from '../support/random.js';

const surfaces = (text: string, lang: string) => wordsOf(text, lang).map(({ surface }) => surface);

describe('words', () => {
  it('are found in every script', () => {
    expect(surfaces('The nation’s 1,000 studies', 'en')).toEqual([
      'the',
      "nation's",
      '1000',
      'studies',
    ]);
    expect(surfaces('東京都の人口', 'ja')).toEqual(['東京', '都', 'の', '人口']);
    expect(surfaces('ประเทศไทยมีประชากรเท่าไร', 'th')).toEqual([
      'ประเทศไทย',
      'มี',
      'ประชากร',
      'เท่าไร',
    ]);
    expect(surfaces('¿Qué es «esto»?', 'es')).toEqual(['qué', 'es', 'esto']);
    expect(surfaces('...', 'en')).toEqual([]);
  });

  it('have offsets into the text in NFC', () => {
    const text = 'Cafe\u0301 Paris';
    for (const { start, end, surface } of wordsOf(text, 'fr')) {
      expect(text.normalize('NFC').slice(start, end).toLowerCase()).toBe(surface);
    }
  });

  it('are the same in NFC and NFD', () => {
    for (const [text, lang] of [
      ['Việt Nam', 'vi'],
      ['बच्चों की किताबें', 'hi'],
      ['がっこうへ', 'ja'],
    ]) {
      expect(termsOf(text.normalize('NFD'), lang)).toEqual(termsOf(text.normalize('NFC'), lang));
    }
  });

  it('have the digits of every script as 0-9', () => {
    expect(surfaces('١٩٩٨ १९९८ ১৯৯৮ ๑๙๙๘', 'ar')).toEqual(['1998', '1998', '1998', '1998']);
    expect(surfaces('3.14 1.000.000', 'de')).toEqual(['3.14', '1000000']);
  });

  it('are lower-cased by the rules of Turkish in Turkish text', () => {
    expect(surfaces('IŞIK İstanbul', 'tr')).toEqual(['ışık', 'istanbul']);
  });

  it('are the same with and without the fast path for ASCII', () => {
    const random = new Random(5);
    const alphabet = [..."aZ07_'.,’ -\t²\u00a0😀"];
    for (let i = 0; i < 3000; i++) {
      const drawn = Array.from(
        { length: 1 + random.below(14) },
        () => alphabet[random.below(alphabet.length)],
      );
      const text = drawn.join('');
      // Words with a letter outside ASCII do not take it.
      const slow = text.replaceAll('a', 'ü').replaceAll('Z', 'Ü');
      const places = (of: string) => wordsOf(of, 'en').map(({ start, end }) => [start, end]);
      expect(places(text)).toEqual(places(slow));
    }
  });

  it('are found in a very long run of text without spaces', () => {
    const text = '東京都の人口'.repeat(400);
    expect(surfaces(text, 'ja').join('')).toBe(text);
  });
});

describe('terms', () => {
  it('are the same for all forms of a word', () => {
    for (const [lang, ...forms] of [
      ['en', 'study', 'studies', "study's"],
      ['tr', 'Ankara', "Ankara'da", "Ankara'nın"],
      ['fr', "l'école", 'école', 'écoles'],
      ['ar', 'مدينة', 'المدينة'],
      ['ko', '학교는', '학교에서', '학교'],
      ['es', 'canción', 'canciones', 'cancion'],
      ['te', 'పుస్తకాలు', 'పుస్తకాలలో'],
      ['bn', 'বইয়ের', 'বইয়ের'],
    ]) {
      expect(new Set(forms.flatMap((form) => termsOf(form, lang))).size).toBe(1);
    }
  });
});

describe('keys that match across scripts', () => {
  it('are n-grams of the romanized word', () => {
    expect(romanizedGrams('москва')).toEqual(['#<mos', '#mosk', '#oskv', '#skva', '#kva>']);
    expect(romanizedGrams('a')).toEqual([]);
  });

  it('are consonants that are transliterated alike', () => {
    for (const [name, ...others] of [
      ['goldman', 'جولدمان', 'голдман', 'गोल्डमैन'],
      ['friedman', 'فريدمان', 'фридман'],
      ['newton', 'نيوتن', 'ньютон', 'न्यूटन'],
    ]) {
      for (const other of others) expect(skeleton(other)).toBe(skeleton(name));
    }
    expect(skeleton('to')).toBeNull();
    expect(skeleton('audio')).toBeNull();
  });

  it('are not made of numbers, but for n-grams', () => {
    expect(skeleton('12500')).toBeNull();
    expect(skeleton('mp3')).toBe('~mb3');
  });

  it('are in the bag of a passage with its hyphenated words as one', () => {
    const bag = ({ text, lang = 'en' }: { text: string; lang?: string }) =>
      passageBag({ title: '', text, lang }).terms;
    expect(bag({ text: 'An e-mail.' })).toContain(termsOf('email', 'en')[0]);
    expect(bag({ text: 'Un week\u2011end.', lang: 'fr' })).toContain(termsOf('weekend', 'fr')[0]);
    expect(bag({ text: 'Pages 10-12.' })).not.toContain('1012');
    expect(bag({ text: 'ships - boats' })).not.toContain(termsOf('shipsboats', 'en')[0]);
  });

  it('are in the bag of a passage next to its terms', () => {
    const { terms, weights } = passageBag({ title: 'Newton', text: 'Newton fell.', lang: 'en' });
    const bag = new Map(terms.map((term, i) => [term, weights[i]]));
    expect(bag.get('newton')).toBe(2);
    expect(bag.get('~ntn')).toBe(2);
    expect(bag.get('#newt')).toBe(0.5);
  });
});
