import { describe, expect, it } from 'vitest';
import { STATIC_DEFAULTS, StaticEncoder } from '../../src/encode/static/static-encoder.js';
import { Pack } from '../../src/pack/pack.js';
import { tinyPack } from '../support/pack-in-memory.js';
import { describeEncoder } from './conformance.js';

const encoder = new StaticEncoder(tinyPack());
const { dim } = encoder.identity;
const itself = (name: string) => ({ terms: [name], weights: Float32Array.of(1) });
const german = [{ lang: 'de', weight: 1 }];

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, d) => sum + x * b[d], 0);
}

describeEncoder('the static encoder', () => encoder);

describe('the static encoder across languages', () => {
  const passage = (text: string) => encoder.encodePassages([{ title: '', text, lang: 'en' }]);
  const query = (text: string) => encoder.encodeQueries([{ text, languages: german }]);

  it('brings a German question near the English passage that answers it', async () => {
    const river = await passage('The river.');
    const book = await passage('The book.');
    const question = await query('Fluss');
    expect(cosine(question, river)).toBeGreaterThan(cosine(question, book) + 0.2);
  });

  it('matches names that no table knows', async () => {
    const named = await passage('Goldman bought a house.');
    const other = await passage('Somebody bought a house.');
    const question = await query('голдман');
    expect(cosine(question, named)).toBeGreaterThan(cosine(question, other) + 0.1);
  });

  it('encodes a mixture as the text of its written forms, to 8 bits', async () => {
    const mixture = { terms: ['haus', 'fluss'], weights: Float32Array.of(1, 1) };
    const vector = await encoder.encodeMixtures([mixture], itself, 'de');
    const text = await query('haus fluss');
    for (let d = 0; d < dim; d++) expect(vector[d]).toBeCloseTo(text[d], 2);
    expect(cosine(vector, text)).toBeGreaterThan(0.9999);
  });

  it('weighs the parts of a mixture', async () => {
    const [house, river, both] = await Promise.all([
      query('haus'),
      query('fluss'),
      encoder.encodeMixtures(
        [{ terms: ['haus', 'fluss'], weights: Float32Array.of(9, 1) }],
        itself,
        'de',
      ),
    ]);
    expect(cosine(both, house)).toBeGreaterThan(cosine(both, river));
  });

  it('reads each word of a mixed question by the tables that know it', async () => {
    const mixed = [
      { lang: 'de', weight: 0.5 },
      { lang: 'en', weight: 0.5 },
    ];
    const [vector] = [await encoder.encodeQueries([{ text: 'fluss book', languages: mixed }])];
    const river = await passage('river');
    const book = await passage('book');
    expect(cosine(vector, river)).toBeGreaterThan(0.3);
    expect(cosine(vector, book)).toBeGreaterThan(0.3);
  });

  it('takes what all texts of a language share from passages, questions and mixtures alike', async () => {
    const plain = tinyPack();
    const [mean] = [await encoder.encodeQueries([{ text: 'haus', languages: german }])];
    const pack = new Pack(
      plain.identity,
      plain.languages,
      plain.pivot,
      (lang) => plain.table(lang)!,
      new Map([['de', mean]]),
    );
    const removing = new StaticEncoder(pack, { ...STATIC_DEFAULTS, meanShare: 0.5 });
    const before = await query('haus fluss');
    const after = await removing.encodeQueries([{ text: 'haus fluss', languages: german }]);
    const expected = before.map((x, d) => x - 0.5 * mean[d]);
    const length = Math.hypot(...expected);
    for (let d = 0; d < dim; d++) expect(after[d]).toBeCloseTo(expected[d] / length, 5);
    const [mixture] = [
      await removing.encodeMixtures(
        [{ terms: ['haus', 'fluss'], weights: Float32Array.of(1, 1) }],
        itself,
        'de',
      ),
    ];
    expect(cosine(mixture, after)).toBeGreaterThan(0.999);
    const english = [{ title: '', text: 'The river.', lang: 'en' }];
    expect(await removing.encodePassages(english)).toEqual(await encoder.encodePassages(english));
    const none = await removing.encodeQueries([{ text: '', languages: german }]);
    expect(none.every((x) => x === 0)).toBe(true);
    const without = new StaticEncoder(pack);
    expect(await without.encodeQueries([{ text: 'haus fluss', languages: german }])).toEqual(
      before,
    );
  });
});
