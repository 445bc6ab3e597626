/** What every encoder promises; run by each implementation. */
import { describe, expect, it } from 'vitest';
import type { Encoder } from '../../src/encode/encoder.js';

const TEXTS = ['The river runs.', '', 'Ein Haus am Fluss', 'الكتاب', 'หนังสือ', 'x'.repeat(5000)];

export function describeEncoder(name: string, make: () => Encoder): void {
  describe(`${name} (conformance)`, () => {
    const encoder = make();
    const { dim, unitLength } = encoder.identity;
    const passages = TEXTS.map((text) => ({ title: 'A title', text, lang: 'en' }));
    const queries = TEXTS.map((text) => ({ text, languages: [{ lang: 'de', weight: 1 }] }));

    it('answers with one finite row a text', async () => {
      for (const rows of [
        await encoder.encodePassages(passages),
        await encoder.encodeQueries(queries),
      ]) {
        expect(rows.length).toBe(TEXTS.length * dim);
        expect(rows.every(Number.isFinite)).toBe(true);
        for (let i = 0; unitLength && i < TEXTS.length; i++) {
          const length = Math.hypot(...rows.subarray(i * dim, (i + 1) * dim));
          expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true);
        }
      }
      expect(await encoder.encodePassages([])).toEqual(new Float32Array(0));
    });

    it('does not depend on the batch', async () => {
      const together = await encoder.encodePassages(passages);
      for (let i = 0; i < passages.length; i++) {
        expect(await encoder.encodePassages([passages[i]])).toEqual(
          together.slice(i * dim, (i + 1) * dim),
        );
      }
    });

    it('says what it is', () => {
      expect(JSON.parse(JSON.stringify(encoder.identity))).toEqual(encoder.identity);
      expect(encoder.identity.weights).not.toBe('');
    });
  });
}
