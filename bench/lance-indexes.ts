/**
 * Recall at 10 and time of LanceDB's own indexes over the vectors fused with the queries in all
 * languages, at the least probes that reach a recall: the share of the exact ten among 400 rows
 * found, without the exact scoring that would follow.
 */
import { join } from 'node:path';
import { connect, Index } from '@lancedb/lancedb';
import * as arrow from 'apache-arrow';
import type { XqgIndex } from '../src/index.js';
import { openSnapshot } from '../src/indexing/open.js';
import { openRecipe } from '../src/indexing/recipe.js';
import { FusedMatrices } from '../src/search/dense/fused-matrices.js';
import { LANGUAGES, type PlantedQuestion } from './planted-corpus.js';

export interface LanceOptions {
  /** For a table. */
  readonly folder: string;
  /** Of IVF_FLAT, IVF_RQ, HNSW_SQ. */
  readonly kinds: readonly string[];
  /** To reach. */
  readonly recall: number;
}

export interface LanceFigures {
  readonly buildSeconds: number;
  readonly probesOrEf: number;
  readonly recallAt10: number;
  readonly medianMs: number;
}

export async function lanceIndexes(
  index: XqgIndex,
  questions: readonly PlantedQuestion[],
  { folder, kinds, recall: least }: LanceOptions,
): Promise<Record<string, LanceFigures>> {
  const { encoder } = await openRecipe({});
  const snapshot = await openSnapshot(index.directory);
  const { dim } = snapshot;
  const n = snapshot.ids.length;
  const fused = new FusedMatrices(snapshot, 2 ** 34);
  const formula = { variant: 'mean', alpha: 0.4, renormalize: true } as const;
  const { vectors } = await fused.fused(
    formula,
    LANGUAGES.map((lang) => ({ lang, weight: 1 })),
  );
  const asked: { vector: Float32Array; exact: number[] }[] = [];
  for (const { text, lang } of questions) {
    const vector = await encoder.encodeQueries([{ text, languages: [{ lang, weight: 1 }] }]);
    const { hits } = await index.search(text, { lang, mode: 'dense', k: 10, ann: false });
    asked.push({ vector, exact: hits.map(({ id }) => snapshot.row(id)) });
  }
  const database = await connect(join(folder, 'lance'));
  const [rowType, vectorType] = [
    new arrow.Int32(),
    new arrow.FixedSizeList(dim, new arrow.Field('item', new arrow.Float32(), false)),
  ];
  const fields = [
    new arrow.Field('row', rowType, false),
    new arrow.Field('vector', vectorType, false),
  ];
  const schema = new arrow.Schema(fields);
  const table = await database.createEmptyTable('vectors', schema, { mode: 'overwrite' });
  for (let from = 0; from < n; from += 16_384) {
    const to = Math.min(n, from + 16_384);
    const numbers = arrow.makeData({
      type: new arrow.Float32(),
      length: (to - from) * dim,
      data: vectors.slice(from * dim, to * dim),
    });
    const children = [
      arrow.makeData({
        type: rowType,
        length: to - from,
        data: Int32Array.from({ length: to - from }, (_, i) => from + i),
      }),
      arrow.makeData({ type: vectorType, length: to - from, child: numbers }),
    ];
    const data = arrow.makeData({ type: new arrow.Struct(fields), length: to - from, children });
    await table.add(new arrow.Table([new arrow.RecordBatch(schema, data)]));
  }
  const partitions = Math.round(Math.sqrt(n));
  const made: Record<string, { config: Index; steps: number[] }> = {
    IVF_FLAT: {
      config: Index.ivfFlat({ distanceType: 'dot', numPartitions: partitions }),
      steps: probes(partitions),
    },
    IVF_RQ: {
      config: Index.ivfRq({ distanceType: 'dot', numPartitions: partitions }),
      steps: probes(partitions),
    },
    HNSW_SQ: {
      config: Index.hnswSq({ distanceType: 'dot', numPartitions: 1 }),
      steps: [512, 1024, 2048, 4096],
    },
  };
  const results: Record<string, LanceFigures> = {};
  for (const kind of kinds) {
    const { config, steps } = made[kind];
    const began = performance.now();
    await table.createIndex('vector', { config, replace: true });
    const buildSeconds = (performance.now() - began) / 1000;
    for (const step of steps) {
      let recall = 0;
      const times: number[] = [];
      for (const { vector, exact } of asked) {
        const start = performance.now();
        const query = table
          .vectorSearch(vector)
          .distanceType('dot')
          .limit(400)
          .select(['row', '_distance']);
        const found = new Set<number>();
        for await (const batch of kind === 'HNSW_SQ' ? query.ef(step) : query.nprobes(step)) {
          for (const row of batch.getChild('row')!) found.add(row);
        }
        times.push(performance.now() - start);
        recall += exact.filter((row) => found.has(row)).length / Math.max(1, exact.length);
      }
      results[kind] = {
        buildSeconds,
        probesOrEf: step,
        recallAt10: recall / asked.length,
        medianMs: median(times),
      };
      if (results[kind].recallAt10 >= least) break;
    }
  }
  table.close();
  await snapshot.close();
  return results;
}

function probes(partitions: number): number[] {
  return [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1].map((share) =>
    Math.max(1, Math.round(share * partitions)),
  );
}

function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
