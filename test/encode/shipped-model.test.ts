import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openEncoder } from '../../src/encode/open-encoder.js';
import { manifestFiles, verifyFiles } from '../../src/models/files.js';
import { shippedModel } from '../../src/models/places.js';
import { shared } from '../support/shared.js';
import { describeEncoder } from './conformance.js';

/** Vectors of another engine, which reads the same weights. */
interface Golden {
  readonly rows: readonly {
    readonly text: string;
    readonly passage: readonly number[];
    readonly question: string;
    readonly query: readonly number[];
  }[];
}

const golden = shared('tools/e5/golden.json');
const encoder = await openEncoder('e5', { threads: 1 });
afterAll(() => encoder.close?.());

const queriesOf = (texts: readonly string[]) =>
  encoder.encodeQueries(texts.map((text) => ({ text, languages: [{ lang: 'und', weight: 1 }] })));
const passagesOf = (texts: readonly string[]) =>
  encoder.encodePassages(texts.map((text) => ({ title: '', text, lang: 'und' })));

const DIM = 384;
const rowsOf = (vectors: Float32Array): Float32Array[] =>
  Array.from({ length: vectors.length / DIM }, (_, i) => vectors.subarray(i * DIM, (i + 1) * DIM));

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const product = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
    let sum = 0;
    for (let d = 0; d < x.length; d++) sum += x[d] * y[d];
    return sum;
  };
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

describeEncoder('e5', () => encoder);

describe('the shipped model', () => {
  it('has the files that its manifest states', async () => {
    const { folder } = shippedModel();
    expect([...manifestFiles(folder)!.keys()]).toContain('vocabulary.safetensors');
    await verifyFiles(folder);
  });

  it('says how it is used', () => {
    expect(encoder.identity).toMatchObject({
      name: 'neural/multilingual-e5-small',
      dim: DIM,
      unitLength: true,
      settings: {
        pooling: 'mean',
        queryPrefix: 'query: ',
        passagePrefix: 'passage: ',
        queryTokens: 512,
        passageTokens: 512,
        dtype: 'q4',
      },
    });
  });

  it('finds the English passage by questions in languages that no pack has', async () => {
    const passages = rowsOf(
      await passagesOf([
        'The express train leaves the station every morning at seven.',
        'Honey bees collect nectar from flowers and make honey in the hive.',
        'When magma rises to the surface, the volcano erupts and lava flows down its slopes.',
      ]),
    );
    const questions: [text: string, passage: number][] = [
      ['O której rano odjeżdża pociąg?', 0],
      ['Treni huondoka saa ngapi asubuhi?', 0],
      ['قطار صبح چه ساعتی راه می‌افتد؟', 0],
      ['Як бджоли роблять мед?', 1],
      ['Como as abelhas fazem o mel?', 1],
      ['למה הר געש מתפרץ?', 2],
      ['Kwa nini volkano hulipuka?', 2],
    ];
    const vectors = rowsOf(await queriesOf(questions.map(([text]) => text)));
    questions.forEach(([text, passage], i) => {
      const scores = passages.map((row) => cosine(row, vectors[i]));
      expect(scores.indexOf(Math.max(...scores)), text).toBe(passage);
    });
  });

  it('has the same vectors with several threads and in batches', async () => {
    const texts = ['Bees make honey.', 'Der Zug fährt um sieben.', 'ผึ้งทำน้ำผึ้งในรัง '.repeat(20)];
    const together = await openEncoder('e5', { threads: 3, batch: 3 });
    try {
      const passages = texts.map((text) => ({ title: '', text, lang: 'und' }));
      expect(await together.encodePassages(passages)).toEqual(await passagesOf(texts));
    } finally {
      await together.close?.();
    }
  });

  it.skipIf(golden === null)('agrees with another engine on the same weights', async () => {
    const { rows } = JSON.parse(readFileSync(golden!, 'utf8')) as Golden;
    const short = rows.filter(({ text }) => text.length < 400);
    const queries = rowsOf(await queriesOf(rows.map(({ question }) => question)));
    const passages = rowsOf(await passagesOf(short.map(({ text }) => text)));
    const cosines = [
      ...rows.map(({ query }, i) => cosine(queries[i], query)),
      ...short.map(({ passage }, i) => cosine(passages[i], passage)),
    ];
    // That engine keeps a blank at the end as a token, and does not compose letters and marks.
    const equal = cosines.filter((each) => each > 0.9999);
    expect(equal.length).toBeGreaterThan(0.9 * cosines.length);
    expect(Math.min(...cosines)).toBeGreaterThan(0.99);
  });
});
