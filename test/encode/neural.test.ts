import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from 'tokenizers';
import { afterAll, describe, expect, it } from 'vitest';
import type { CardFields } from '../../src/encode/neural/card.js';
import { NeuralEncoder, type NeuralEncoderOptions } from '../../src/encode/neural/neural.js';
import { findModel } from '../../src/models/places.js';
import { shared } from '../support/shared.js';
import { describeEncoder } from './conformance.js';

interface Golden {
  readonly items: readonly { text: string; ids: number[]; cls: number[]; mean: number[] }[];
  readonly batches: readonly number[][];
  readonly truncation: readonly {
    text: string;
    max_length: number;
    ids: number[];
    cls: number[];
    mean: number[];
  }[];
}

const golden = shared('golden/models');
const models = shared('models');
const tokenizers = shared('golden/tokenizers');
const RAW: CardFields = { normalize: false, queryPrefix: '', passagePrefix: '' };
const opened: NeuralEncoder[] = [];

async function open(folder: string, options: NeuralEncoderOptions = {}): Promise<NeuralEncoder> {
  const encoder = await NeuralEncoder.open(findModel(folder), { threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

afterAll(async () => {
  await Promise.all(opened.map((encoder) => encoder.close()));
});

function queries(texts: readonly string[]) {
  return texts.map((text) => ({ text, languages: [{ lang: 'en', weight: 1 }] }));
}

function furthest(
  rows: Float32Array,
  dim: number,
  expected: readonly (readonly number[])[],
): number {
  let worst = 0;
  expected.forEach((vector, i) => {
    vector.forEach((value, d) => {
      worst = Math.max(worst, Math.abs(rows[i * dim + d] - value));
    });
  });
  return worst;
}

function cosines(
  rows: Float32Array,
  dim: number,
  expected: readonly ArrayLike<number>[],
): number[] {
  return expected.map((vector, i) => {
    const row = rows.subarray(i * dim, (i + 1) * dim);
    let product = 0;
    for (let d = 0; d < dim; d++) product += row[d] * vector[d];
    return product / Math.hypot(...row) / Math.hypot(...Array.from(vector));
  });
}

describe.skipIf(golden === null)('the tiny encoders', () => {
  for (const name of ['tiny-bert', 'tiny-xlmr']) {
    const folder = join(golden ?? '', name);
    const read = (): Golden => JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));

    for (const pooling of ['cls', 'mean'] as const) {
      it(`${name} gives the golden vectors, pooled by ${pooling}, also in padded batches and on several threads`, async () => {
        const { items, batches } = read();
        const alone = await open(folder, { card: { ...RAW, pooling } });
        const rows = await alone.encodeQueries(queries(items.map(({ text }) => text)));
        expect(alone.identity.dim).toBe(32);
        expect(
          furthest(
            rows,
            32,
            items.map((item) => item[pooling]),
          ),
        ).toBeLessThan(1e-5);
        const together = await open(folder, { card: { ...RAW, pooling }, batch: 22, workers: 2 });
        for (const batch of batches) {
          const padded = await together.encodeQueries(queries(batch.map((i) => items[i].text)));
          expect(
            furthest(
              padded,
              32,
              batch.map((i) => items[i][pooling]),
            ),
          ).toBeLessThan(1e-5);
        }
      });
    }

    it(`${name} keeps its special tokens where a text is cut`, async () => {
      const { truncation } = read();
      for (const { text, max_length, cls } of truncation) {
        const encoder = await open(folder, {
          card: { ...RAW, pooling: 'cls', queryTokens: max_length },
        });
        const rows = await encoder.encodeQueries(queries([text]));
        expect(furthest(rows, 32, [cls])).toBeLessThan(1e-5);
        expect(encoder.counts.cut).toBe(1);
        await encoder.close();
      }
    });
  }

  it('asks for the pooling of a model that nobody states', async () => {
    await expect(open(join(golden!, 'tiny-xlmr'))).rejects.toMatchObject({
      code: 'XQG_MODEL_POOLING',
    });
  });

  it('names the outputs of a graph that does not yield what the pooling needs', async () => {
    const wrong = open(join(golden!, 'tiny-xlmr'), { card: { pooling: 'given' } });
    await expect(wrong).rejects.toThrow(/yields last_hidden_state.*needs sentence_embedding/);
  });

  it('refuses a layer after pooling that its graph lacks, unless the pooling is stated', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xqg-model-'));
    cpSync(join(golden!, 'tiny-bert'), folder, { recursive: true });
    const modules = ['Transformer', 'Pooling', 'Dense'].map((type, idx) => ({
      idx,
      path: String(idx),
      type: `st.${type}`,
    }));
    writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules));
    await expect(open(folder)).rejects.toMatchObject({ code: 'XQG_MODEL_MODULE' });
    expect((await open(folder, { card: { pooling: 'cls' } })).card.pooling).toBe('cls');
    rmSync(folder, { recursive: true });
  });

  it('puts prefixes before queries and passages, and joins title and text', async () => {
    const folder = join(golden!, 'tiny-bert');
    const plain = await open(folder, { card: { ...RAW, pooling: 'cls' } });
    const prefixed = await open(folder, {
      card: { pooling: 'cls', queryPrefix: 'query: ', passagePrefix: 'passage: ' },
    });
    const passage = { title: 'Work', text: 'Everyone has the right to work.', lang: 'en' };
    expect(await prefixed.encodePassages([passage])).toEqual(
      await plain.encodePassages([
        { ...passage, title: '', text: `passage: Work ${passage.text}` },
      ]),
    );
    expect(await prefixed.encodeQueries(queries(['work']))).toEqual(
      await plain.encodeQueries(queries(['query: work'])),
    );
    expect(prefixed.identity).not.toEqual(plain.identity);
  });
});

describe.skipIf(tokenizers === null)('the native tokenizer', () => {
  it('gives the golden ids, also where texts are cut', async () => {
    const expected = JSON.parse(readFileSync(join(tokenizers!, 'expected.json'), 'utf8'));
    const texts: string[] = expected.texts.map(({ text }: { text: string }) => text);
    for (const [name, of] of Object.entries<{ ids: number[][]; ids_truncated_16: number[][] }>(
      expected.tokenizers,
    )) {
      const tokenizer = Tokenizer.fromString(
        readFileSync(join(tokenizers!, name, 'tokenizer.json'), 'utf8'),
      );
      tokenizer.disablePadding();
      expect(
        (await tokenizer.encodeBatch(texts)).map((e) => e.getIds()),
        name,
      ).toEqual(of.ids);
      tokenizer.setTruncation(16);
      expect(
        (await tokenizer.encodeBatch(texts)).map((e) => e.getIds()),
        name,
      ).toEqual(of.ids_truncated_16);
    }
  });
});

describe.skipIf(models === null)('the two real encoders', () => {
  it('gives the golden vectors of Universal Sentence Encoder multilingual v3', async () => {
    const folder = join(models!, 'use-multilingual-v3');
    const encoder = await open(folder);
    const { texts, sentence_embedding } = JSON.parse(
      readFileSync(join(folder, 'golden.json'), 'utf8'),
    );
    const rows = await encoder.encodeQueries(queries(texts));
    expect(Math.min(...cosines(rows, encoder.identity.dim, sentence_embedding))).toBeGreaterThan(
      0.9999,
    );
    expect(encoder.card).toMatchObject({
      pooling: 'given',
      normalize: true,
      passageTokens: 512,
      dtype: 'fp32',
    });
  });

  it('gives the golden vectors of all-MiniLM-L6-v2 in 8 bits, and refuses batches that would change them', async () => {
    const folder = join(models!, 'all-MiniLM-L6-v2');
    const encoder = await open(folder);
    const { texts, q8, fp32 } = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
    const rows = await encoder.encodeQueries(queries(texts));
    expect(Math.min(...cosines(rows, encoder.identity.dim, Object.values(q8)))).toBeGreaterThan(
      0.999,
    );
    expect(Math.min(...cosines(rows, encoder.identity.dim, Object.values(fp32)))).toBeGreaterThan(
      0.97,
    );
    expect(encoder.card).toMatchObject({
      pooling: 'mean',
      normalize: true,
      passageTokens: 256,
      dtype: 'q8',
    });
    await expect(open(folder, { batch: 8 })).rejects.toMatchObject({ code: 'XQG_MODEL_BATCH' });
  });
});

if (models !== null) {
  const encoder = await open(join(models, 'all-MiniLM-L6-v2'), { workers: 2 });
  describeEncoder('all-MiniLM-L6-v2', () => encoder);
}
if (golden !== null) {
  const encoder = await open(join(golden, 'tiny-xlmr'), {
    card: { pooling: 'mean', normalize: true },
  });
  describeEncoder('tiny-xlmr', () => encoder);
}

describe('a model that is not there', () => {
  it('is told with every place that was looked at and the command that gets it', () => {
    expect(() => findModel('hf:nobody/nothing')).toThrow(
      expect.objectContaining({
        code: 'XQG_MODEL_MISSING',
        remedy: 'xqg models get hf:nobody/nothing',
        message: expect.stringMatching(
          /models\/nobody\/nothing, .*models\/nothing, .*models--nobody--nothing/,
        ),
      }),
    );
    expect(() => findModel('./no-such-folder')).toThrow(
      expect.objectContaining({ code: 'XQG_MODEL_MISSING' }),
    );
  });
});
