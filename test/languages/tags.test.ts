import { describe, expect, it } from 'vitest';
import { ENCODER_LANGUAGES, LANGUAGES } from '../../src/languages/languages.js';
import { intendedLanguage, languageOfTag, requireLanguage } from '../../src/languages/tags.js';

describe('languageOfTag', () => {
  it.each([
    ['pt-BR', 'pt'],
    ['deu', 'de'],
    ['ger', 'de'],
    ['fre', 'fr'],
    ['fra', 'fr'],
    ['chi', 'zh'],
    ['zho', 'zh'],
    ['gre', 'el'],
    ['ell', 'el'],
    ['rum', 'ro'],
    ['ron', 'ro'],
    ['cze', 'cs'],
    ['dut', 'nl'],
    ['per', 'fa'],
    ['jpn', 'ja'],
    ['kor', 'ko'],
    ['tha', 'th'],
    ['iw', 'he'],
    ['in', 'id'],
    ['ji', 'yi'],
    ['mo', 'ro'],
    ['sh', 'sr'],
    ['nb', 'no'],
    ['nob', 'no'],
    ['tl', 'fil'],
    ['cmn-Hans', 'zh'],
    ['zh_TW', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['sr-Latn', 'sr'],
    ['sr-Cyrl-RS', 'sr'],
    ['hi-Latn', 'hi'],
    ['de_DE.UTF-8', 'de'],
    ['ca@valencia', 'ca'],
    ['en-US-u-nu-thai', 'en'],
    [' EN ', 'en'],
    ['fil', 'fil'],
  ])('maps %s to %s', (tag, lang) => {
    expect(languageOfTag(tag)).toBe(lang);
  });

  it.each(['', 'english', 'und', 'mul', 'zxx', '!', 'c', 'C', 'jp', 'kr', 'cn', 'gr', 'ua', 'cz'])(
    'knows that %j is none',
    (tag) => {
      expect(languageOfTag(tag)).toBeUndefined();
    },
  );

  it('knows the codes that xqg and encoders use', () => {
    for (const code of [...ENCODER_LANGUAGES, ...Object.keys(LANGUAGES)])
      expect(languageOfTag(code)).toBe(code);
  });
});

describe('intendedLanguage', () => {
  it.each([
    ['jp', 'ja'],
    ['JP', 'ja'],
    ['kr', 'ko'],
    ['cn', 'zh'],
    ['gr', 'el'],
    ['ua', 'uk'],
    ['cz', 'cs'],
    ['dk', 'da'],
    ['vn', 'vi'],
    ['ir', 'fa'],
    ['il', 'he'],
    ['at', 'de'],
    ['us', 'en'],
    ['gb', 'en'],
    ['jp-JP', 'ja'],
    ['German', 'de'],
    ['deutsch', 'de'],
    ['日本語', 'ja'],
    ['ไทย', 'th'],
    ['en, de', 'en'],
  ])('of %s is %s', (tag, lang) => {
    expect(intendedLanguage(tag)).toBe(lang);
  });

  it('is none where nothing is clear', () => {
    for (const tag of ['', 'klingonisch', '?', 'unknown', 'zz', '\0'])
      expect(intendedLanguage(tag)).toBeUndefined();
  });
});

describe('requireLanguage', () => {
  it('names the right code', () => {
    expect(requireLanguage('th-TH', 'here')).toBe('th');
    expect(() => requireLanguage('jp', '--lang')).toThrow(
      expect.objectContaining({
        code: 'XQG_NOT_A_LANGUAGE',
        message: '"jp" is no code of a language (--lang).',
        remedy: 'Write ja, the code of Japanese.',
      }),
    );
    expect(() => requireLanguage('qqzz', '--lang')).toThrow(
      expect.objectContaining({ code: 'XQG_UNKNOWN_LANGUAGE' }),
    );
  });
});
