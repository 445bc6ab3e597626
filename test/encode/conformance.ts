/** What every encoder must keep to. Run by each implementation: see static.test.ts. */
import { describe, expect, it } from 'vitest';
import type { BagEncoder, Encoder, PassageText, QueryText } from '../../src/encode/encoder.js';

const PASSAGES: PassageText[] = [
  { title: 'Bees', text: 'The bee flies from flower to flower. Honey is made at night.', lang: 'en' },
  { title: '', text: 'The train leaves the station in the morning.', lang: 'en' },
  { title: 'Der Fluss', text: 'Der Mond scheint in der Nacht auf den Fluss.', lang: 'de' },
  { title: '', text: 'القطار في المحطة', lang: 'ar' },
  { title: '', text: '', lang: 'en' },
];
const QUERIES: QueryText[] = [
  { text: 'Wann fährt der Zug?', languages: [{ lang: 'de', weight: 1 }] },
  { text: 'пчела мёд', languages: [{ lang: 'ru', weight: 1 }] },
  {
    text: 'honey Honig',
    languages: [
      { lang: 'en', weight: 0.5 },
      { lang: 'de', weight: 0.5 },
    ],
  },
  { text: '???', languages: [{ lang: 'und', weight: 1 }] },
];

/** @param make opens the encoder anew */
export function describeEncoder(name: string, make: () => Promise<Encoder>): void {
  describe(`${name} keeps to the door of encoders`, () => {
    it('says what makes its vectors', async () => {
      const { identity } = await make();
      expect(identity.name).not.toBe('');
      expect(Number.isInteger(identity.dim) && identity.dim > 0).toBe(true);
      expect(identity.weights).toMatch(/^[0-9a-f]{64}$/);
      expect(JSON.stringify((await make()).identity)).toBe(JSON.stringify(identity));
    });

    it('gives one finite vector for each text, of unit length or zero where it says so', async () => {
      const encoder = await make();
      const { dim, unitLength } = encoder.identity;
      for (const vectors of [await encoder.encodePassages(PASSAGES), await encoder.encodeQueries(QUERIES)]) {
        expect(vectors.length % dim).toBe(0);
        expect(vectors.every(Number.isFinite)).toBe(true);
        for (let row = 0; unitLength && row < vectors.length / dim; row++) {
          const length = Math.hypot(...vectors.subarray(row * dim, (row + 1) * dim));
          expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true);
        }
      }
      expect((await encoder.encodePassages(PASSAGES)).length).toBe(PASSAGES.length * dim);
      expect((await encoder.encodeQueries(QUERIES)).length).toBe(QUERIES.length * dim);
    });

    it('takes nothing and gives nothing', async () => {
      const encoder = await make();
      expect(await encoder.encodePassages([])).toHaveLength(0);
      expect(await encoder.encodeQueries([])).toHaveLength(0);
    });

    it('gives a text the same vector in any batch, order and instance', async () => {
      const encoder = await make();
      const { dim } = encoder.identity;
      const together = await encoder.encodePassages(PASSAGES);
      const reversed = await (await make()).encodePassages([...PASSAGES].reverse());
      for (const [row, passage] of PASSAGES.entries()) {
        const alone = await encoder.encodePassages([passage]);
        expect(together.slice(row * dim, (row + 1) * dim)).toEqual(alone);
        const back = PASSAGES.length - 1 - row;
        expect(reversed.slice(back * dim, (back + 1) * dim)).toEqual(alone);
      }
      const queries = await encoder.encodeQueries(QUERIES);
      for (const [row, query] of QUERIES.entries()) {
        expect(queries.slice(row * dim, (row + 1) * dim)).toEqual(await encoder.encodeQueries([query]));
      }
    });
  });
}

export function describeBagEncoder(name: string, make: () => Promise<BagEncoder>): void {
  describeEncoder(name, make);

  describe(`${name} keeps to the door of bag encoders`, () => {
    it('gives one vector for each bag; what counts is the shares of the words, not their order', async () => {
      const encoder = await make();
      const bags = [
        { terms: ['zug', 'morg'], weights: Float32Array.of(2, 1) },
        { terms: ['morg', 'zug'], weights: Float32Array.of(1, 2) },
        { terms: [], weights: new Float32Array(0) },
      ];
      const { dim } = encoder.identity;
      const vectors = await encoder.encodeBags(bags, 'de');
      expect(vectors).toHaveLength(bags.length * dim);
      const [first, second, empty] = bags.map((_, row) => vectors.slice(row * dim, (row + 1) * dim));
      for (let d = 0; d < dim; d++) expect(second[d]).toBeCloseTo(first[d], 5);
      expect(empty.every((value) => value === 0)).toBe(true);
    });
  });
}
