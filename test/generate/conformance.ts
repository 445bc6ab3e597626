/** What every generator must keep to. Run by each implementation: see lexicon.test.ts. */
import { describe, expect, it } from 'vitest';
import type { DistributionGenerator, Generator, GeneratorInput } from '../../src/generate/generator.js';

const PASSAGES: GeneratorInput[] = [
  {
    id: 'bees',
    title: 'Bees',
    text: 'The bee flies from flower to flower. Honey is made at night.',
    lang: 'en',
  },
  { id: 'trains', title: '', text: 'The train leaves the station in the morning.', lang: 'en' },
  { id: 'fluss', title: 'Der Fluss', text: 'Der Mond scheint in der Nacht auf den Fluss.', lang: 'de' },
  { id: 'nothing', title: '', text: '', lang: 'en' },
];
const N = 4;

/** @param make opens the generator anew; it must know Arabic */
export function describeGenerator(name: string, make: () => Promise<Generator>): void {
  describe(`${name} keeps to the door of generators`, () => {
    it('says what makes its queries', async () => {
      const { identity, languages } = await make();
      expect(identity.name).not.toBe('');
      expect(identity.weights).toMatch(/^[0-9a-f]{64}$/);
      expect(languages).toContain('ar');
      expect(JSON.stringify((await make()).identity)).toBe(JSON.stringify(identity));
    });

    it('draws n queries for each passage, or none where there is nothing to ask', async () => {
      const drawn = await (await make()).draw(PASSAGES, 'ar', N, 0);
      expect(drawn).toHaveLength(PASSAGES.length);
      for (const queries of drawn.slice(0, 3)) expect(queries).toHaveLength(N);
      expect([0, N]).toContain(drawn[3].length);
      for (const query of drawn.slice(0, 3).flat()) expect(query.trim()).not.toBe('');
    });

    it('draws the same for a passage in any batch, order and instance, and other queries with another seed', async () => {
      const generator = await make();
      const together = await generator.draw(PASSAGES, 'ar', N, 0);
      const reversed = await (await make()).draw([...PASSAGES].reverse(), 'ar', N, 0);
      for (const [i, passage] of PASSAGES.entries()) {
        const [alone] = await generator.draw([passage], 'ar', N, 0);
        expect(alone).toEqual(together[i]);
        expect(alone).toEqual(reversed[PASSAGES.length - 1 - i]);
      }
      expect(await generator.draw(PASSAGES, 'ar', N, 1)).not.toEqual(together);
      expect(await generator.draw([], 'ar', N, 0)).toEqual([]);
    });
  });
}

export function describeDistributionGenerator(
  name: string,
  make: () => Promise<DistributionGenerator>,
): void {
  describeGenerator(name, make);

  describe(`${name} keeps to the door of distributions`, () => {
    it('finds salient stems with frequencies above 0', async () => {
      const { terms, weights } = (await make()).pivot(PASSAGES[0]);
      expect(terms.length).toBeGreaterThan(0);
      expect(new Set(terms).size).toBe(terms.length);
      expect(weights).toHaveLength(terms.length);
      expect(weights.every((weight) => weight > 0)).toBe(true);
    });

    it('expects of every term what its two factors say: sum over e of g(e, p) P(term | e)', async () => {
      const generator = await make();
      for (const passage of PASSAGES) {
        const pivot = generator.pivot(passage);
        const frequency = new Map(pivot.terms.map((stem, i) => [stem, pivot.weights[i]]));
        const { terms, weights } = generator.expectation(pivot, 'ar');
        terms.forEach((term, i) => {
          const from = generator.generatedFrom(term, 'ar');
          const sum = from.terms.reduce(
            (all, stem, e) => all + from.weights[e] * (frequency.get(stem) ?? 0),
            0,
          );
          expect(sum).toBeCloseTo(weights[i], 5);
        });
      }
    });

    it('generates the whole mass of a stem', async () => {
      const generator = await make();
      for (const stem of generator.pivot(PASSAGES[0]).terms) {
        const { weights } = generator.expectation({ terms: [stem], weights: Float32Array.of(1) }, 'ar');
        const mass = weights.reduce((sum, weight) => sum + weight, 0);
        expect(generator.generatedMass(stem, 'ar')).toBeCloseTo(mass, 5);
      }
    });

    it('translates with probabilities', async () => {
      const generator = await make();
      for (const term of generator.expectation(generator.pivot(PASSAGES[0]), 'ar').terms) {
        const { weights } = generator.translate(term, 'ar');
        expect(weights.every((p) => p > 0 && p <= 1 + 1e-6)).toBe(true);
        expect(weights.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-5);
      }
    });
  });
}
