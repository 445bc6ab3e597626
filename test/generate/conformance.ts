/** What every generator promises; run by each implementation. */
import { describe, expect, it } from 'vitest';
import type { Generator, GeneratorInput } from '../../src/generate/generator.js';

export function describeGenerator(
  name: string,
  make: () => Generator,
  passages: readonly GeneratorInput[],
  lang: string,
  { seeded = true }: { seeded?: boolean } = {},
): void {
  describe(`${name} (conformance)`, () => {
    const generator = make();

    it('draws n queries a passage, in its order, the same for the same seed', async () => {
      const drawn = await generator.draw(passages, lang, 4, 7);
      expect(drawn).toHaveLength(passages.length);
      for (const queries of drawn) expect([0, 4]).toContain(queries.length);
      expect(drawn.flat().length).toBeGreaterThan(0);
      expect(await generator.draw(passages, lang, 4, 7)).toEqual(drawn);
      if (seeded) expect(await generator.draw(passages, lang, 4, 8)).not.toEqual(drawn);
    });

    it('does not depend on the batch', async () => {
      const together = await generator.draw(passages, lang, 3, 1);
      for (let i = 0; i < passages.length; i++) {
        expect(await generator.draw([passages[i]], lang, 3, 1)).toEqual([together[i]]);
      }
    });

    it('states what it draws from, if it has a distribution, as the product of its factors', () => {
      const { distribution } = generator;
      if (distribution === undefined) return;
      for (const passage of passages) {
        const pivot = distribution.pivot(passage);
        const expected = distribution.expectation(pivot, lang);
        expected.terms.forEach((term, t) => {
          const from = distribution.factors.generatedFrom(term, lang);
          const sum = from.terms.reduce((total, stem, s) => {
            const at = pivot.terms.indexOf(stem);
            return total + (at < 0 ? 0 : pivot.weights[at] * from.weights[s]);
          }, 0);
          expect(sum).toBeCloseTo(expected.weights[t], 5);
        });
        const mass = pivot.terms.reduce(
          (sum, stem, s) => sum + pivot.weights[s] * distribution.factors.generatedMass(stem, lang),
          0,
        );
        expect(expected.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(mass, 4);
      }
    });
  });
}
