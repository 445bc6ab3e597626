import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceDocument } from '../../../src/corpus/passage.js';
import { passagesOf } from '../../../src/corpus/split.js';
import type { IndexIdentity } from '../../../src/indexing/manifest.js';
import { decodeInput, encodeInput } from '../../../src/indexing/workers/part-input.js';
import {
  decodePart,
  decodeSum,
  encodePart,
  encodeSum,
  storedSumBytes,
} from '../../../src/indexing/workers/part-rows.js';
import {
  checkWorker,
  originKey,
  type RunPlan,
  rowOrigin,
} from '../../../src/indexing/workers/run-plan.js';
import { computePart } from '../../../src/indexing/workers/worker.js';
import { WORD_RULES } from '../../../src/languages/analysis.js';
import { type QuantizedBits, quantize } from '../../../src/store/quantize.js';
import {
  DIM,
  documentOf,
  drawing,
  encoder,
  generator,
  upTo,
  withSentences,
} from '../../support/hashed-recipe.js';

const identity: IndexIdentity = {
  encoder: encoder.identity,
  generator: generator.identity,
  pack: null,
  queryLanguages: ['bn', 'en', 'th'],
  queriesPerLanguage: 5,
  seed: 0,
  sumBits: 8,
  icu: process.versions.icu ?? 'none',
  wordRules: WORD_RULES,
};
const shape = { dim: DIM, queryLanguages: identity.queryLanguages, sumBits: identity.sumBits };

const documents = async (changed: (number: number) => Partial<SourceDocument> = () => ({})) =>
  Promise.all(
    upTo(30).map(async (number) => ({
      hash: `${number}`.padStart(64, 'a'),
      passages: (await passagesOf(documentOf(number, changed(number)), {})).passages,
    })),
  );

const recipe = {
  ...identity,
  encoder,
  generator,
  expectations: null,
  encodeQueries: true as const,
};

describe('a sum on its way to a store', () => {
  const bits = fc.constantFrom<QuantizedBits>(8, 16);
  const number = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, min: -1, max: 1 }),
  );

  it('becomes the same bytes there as the vector itself', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 40 }), bits, (values, precision) => {
        // Magnitudes beyond these have no scale that is a number.
        const vector = Float32Array.from(values, (value) => (Math.abs(value) > 1e30 ? 1 : value));
        const bytes = encodeSum(vector, precision);
        expect(bytes.length).toBe(storedSumBytes(vector.length, precision));
        const back = decodeSum(bytes, vector.length, precision);
        expect(quantize(back, precision)).toEqual(quantize(vector, precision));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the file of a part', () => {
  const make = rowOrigin(identity);

  it('gives back every row, in the precision that a store keeps', async () => {
    for (const made of [recipe, { ...recipe, generator: drawing }]) {
      const part = await computePart(await documents(), made, shape);
      expect(part.rows.length).toBeGreaterThan(30);
      const back = decodePart(encodePart(part, make, 'hash'), make, 'hash', 'here');
      expect(back.documents).toBe(30);
      back.rows.forEach(({ sums, ...row }, i) => {
        const { sums: wanted, ...rest } = part.rows[i];
        expect(row).toEqual(rest);
        expect([...sums.keys()]).toEqual([...wanted.keys()]);
        for (const [lang, sum] of sums)
          expect(quantize(sum, 8)).toEqual(quantize(wanted.get(lang)!, 8));
      });
    }
  });

  it('gives back the sentences of rows to the bit', async () => {
    const spoken = { ...identity, sentences: true as const };
    const part = await computePart(
      await documents(withSentences),
      { ...recipe, sentences: true },
      { ...shape, sentences: true },
    );
    const origin = rowOrigin(spoken);
    const back = decodePart(encodePart(part, origin, 'hash'), origin, 'hash', 'here');
    expect(new Set(part.rows.map(({ sentences }) => sentences?.length))).toEqual(
      new Set([undefined, ...[2, 3, 4, 5].map((n) => n * (4 + DIM))]),
    );
    for (const [i, { sentences, own }] of back.rows.entries()) {
      expect(sentences).toEqual(part.rows[i].sentences);
      expect(own).toEqual(part.rows[i].own);
    }
    expect(() => decodePart(encodePart(part, origin, 'hash'), make, 'hash', 'here')).toThrow(
      expect.objectContaining({ code: 'XQG_PART_IDENTITY' }),
    );
  });

  it('is the same whoever writes it, and whatever came before', async () => {
    const once = encodePart(await computePart(await documents(), recipe, shape), make, 'hash');
    await computePart((await documents()).reverse(), recipe, shape);
    const again = encodePart(await computePart(await documents(), recipe, shape), make, 'hash');
    expect(again).toEqual(once);
  });

  it('is refused where it was cut short or changed, and where it is another part', async () => {
    const bytes = Buffer.from(
      encodePart(await computePart(await documents(), recipe, shape), make, 'hash'),
    );
    const refused = (file: Uint8Array, input = 'hash') =>
      expect(() => decodePart(file, make, input, 'here')).toThrow(
        expect.objectContaining({ code: 'XQG_PART_DAMAGED' }),
      );
    for (const length of [0, 10, bytes.indexOf('\n') + 1, bytes.length - 1])
      refused(bytes.subarray(0, length));
    const changed = Buffer.from(bytes);
    changed[bytes.length - 40] ^= 1;
    refused(changed);
    refused(bytes, 'other');
    refused(Buffer.from('{}\n'));
  });

  it.each([
    ['version of xqg', { ...make, xqg: '0.0.1' }],
    ['ICU', rowOrigin({ ...identity, icu: '1' })],
    ['pack', rowOrigin({ ...identity, pack: { name: 'p', version: '1', sha256: 'f' } })],
    ['encoder', rowOrigin({ ...identity, encoder: { ...encoder.identity, weights: 'v' } })],
    ['generator', rowOrigin({ ...identity, generator: null })],
    ['rest of the identity', rowOrigin({ ...identity, seed: 1 })],
  ])('is refused with both identities where another %s made it', async (what, other) => {
    const bytes = encodePart({ rows: [], documents: 0, failures: [] }, other, 'hash');
    let thrown: unknown;
    try {
      decodePart(bytes, make, 'hash', 'here');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'XQG_PART_IDENTITY', details: { what } });
    const { index, part } = (thrown as { details: Record<string, string> }).details;
    expect(index).not.toBe(part);
    expect(originKey(other)).not.toBe(originKey(make));
  });
});

describe('the passages of a part', () => {
  it('come back as they were, under the hash of their bytes', async () => {
    const given = await documents();
    const { hash, bytes } = encodeInput(given);
    expect(decodeInput(bytes, hash, 'here')).toEqual(given);
    expect(encodeInput(await documents()).hash).toBe(hash);
    expect(() => decodeInput(bytes.subarray(1), hash, 'here')).toThrow(
      expect.objectContaining({ code: 'XQG_PART_DAMAGED' }),
    );
  });
});

describe('a worker with another recipe than the plan', () => {
  const plan: RunPlan = { ...rowOrigin(identity), recipe: { pack: 'base', generator: 'lexicon' } };
  const pack = { name: 'base', version: '1', sha256: 'abc' };

  it('is refused with both sides and the command that makes them agree', () => {
    expect(() => checkWorker(plan, identity)).not.toThrow();
    const attempt = (given: Partial<IndexIdentity>, of: RunPlan = plan) => {
      try {
        checkWorker(of, { ...identity, ...given });
      } catch (error) {
        return error;
      }
    };
    expect(attempt({}, { ...plan, xqg: '0.0.1' })).toMatchObject({
      code: 'XQG_WORKER_IDENTITY',
      remedy: 'Install the same here: npm install xqg@0.0.1.',
    });
    const packed = { ...plan, identity: { ...identity, pack } };
    expect(attempt({ pack: { ...pack, sha256: 'def' } }, packed)).toMatchObject({
      remedy: 'Name the pack with sha256 abc: xqg worker --pack FOLDER.',
    });
    expect(attempt({ encoder: { ...encoder.identity, weights: 'v' } })).toMatchObject({
      remedy: 'Name the encoder with weights w: xqg worker --encoder static.',
    });
    expect(attempt({ generator: drawing.identity })).toMatchObject({
      remedy: 'Name the generator with weights g: xqg worker --generator lexicon.',
    });
  });
});
