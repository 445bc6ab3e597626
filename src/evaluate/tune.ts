/**
 * Measures many settings of a system on one collection and ranks them. For data that may be tuned
 * on: MLQA-R's first half and question-answer files, never XQuAD.
 */

import type { DistributionGenerator } from '../generate/generator.js';
import { lexicalModeOf } from '../search/request.js';
import { rankOfIds } from '../search/top-k.js';
import {
  type Collection,
  type ParallelSetting,
  pairsOf,
  poolOf,
  testCollectionOf,
} from './data/collection.js';
import { type Measure, parseMeasures } from './measures/metrics.js';
import type { EngineParts } from './ranking/engine-searcher.js';
import { fuseLegs, type LegList, legList } from './ranking/leg-list.js';
import { LegScores } from './ranking/leg-scores.js';
import { PassageIndex } from './ranking/passage-index.js';
import { byteOrder, type RelevantRow, rankRows, relevantRows } from './ranking/row-ranks.js';
import type { Progress } from './report/results.js';
import { formatColumns } from './report/text-tables.js';
import { DRAWN_QUERIES, type System } from './systems.js';
import { type Grid, parametersOf, type Settings, settingsOf } from './tune-grid.js';

export interface TuneOptions {
  readonly collection: Collection;
  readonly setting: ParallelSetting;
  /** Of TUNABLE_SYSTEMS; each gets all combinations of its own parameters. */
  readonly systems: readonly System[];
  readonly grid: Grid;
  readonly parts: EngineParts<DistributionGenerator>;
  /** What decides; default MRR. */
  readonly measure?: string;
}

export interface TunedSettings {
  readonly system: string;
  readonly settings: Settings;
  /** Mean over the queries of each pair of languages, by `query>passage`. */
  readonly byPair: Readonly<Record<string, number>>;
  /** Unweighted mean over the pairs. */
  readonly mean: number;
}

interface Pair {
  readonly name: string;
  /** Of each query. */
  readonly relevant: readonly (readonly RelevantRow[])[];
  readonly rank: Uint32Array;
  readonly order: Uint32Array;
  readonly legs: LegScores;
  readonly denseLists: LastLists;
  readonly lexicalLists: LastLists;
}

/** All settings, by system in the given order, the best mean first. */
export async function tune(
  options: TuneOptions,
  progress: Progress = () => {},
): Promise<TunedSettings[]> {
  const { systems, grid, measure = 'MRR' } = options;
  const [decisive] = parseMeasures(measure);
  const { pairs, indexes } = await openPairs(options);
  try {
    const work = systems.map((system) => ({ system, settings: settingsOf(system, grid) }));
    const total = work.reduce((sum, { settings }) => sum + settings.length, 0);
    const tuned: TunedSettings[] = [];
    for (const { system, settings } of work) {
      const ofSystem: TunedSettings[] = [];
      for (const each of settings) {
        const byPair: Record<string, number> = {};
        for (const pair of pairs)
          byPair[pair.name] = await measurePair(pair, system, each, decisive);
        const values = Object.values(byPair);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        ofSystem.push({ system: system.name, settings: each, byPair, mean });
        progress(system.name, tuned.length + ofSystem.length, total);
      }
      tuned.push(...ofSystem.sort((a, b) => b.mean - a.mean));
    }
    return tuned;
  } finally {
    for (const index of indexes) await index.close();
  }
}

async function openPairs({ collection, setting, parts }: TuneOptions) {
  const { encoder, generator, seed = 0 } = parts;
  const wanted = pairsOf([...collection.parts.keys()], setting);
  const pairs: Pair[] = [];
  const indexes: PassageIndex[] = [];
  for (const passageLang of new Set(wanted.map((pair) => pair.passageLang))) {
    const asking = wanted
      .filter((pair) => pair.passageLang === passageLang)
      .map(({ queryLang }) => queryLang);
    const queryLanguages = generator.languages.filter((lang) => asking.includes(lang));
    const options = { encoder, generator, queryLanguages, queries: DRAWN_QUERIES, seed };
    const [index] = await PassageIndex.build(poolOf(collection, passageLang), [options]);
    indexes.push(index);
    const { ids } = index.snapshot;
    const rank = rankOfIds(ids);
    const order = byteOrder(ids);
    const rowOf = new Map(ids.map((id, row) => [id, row]));
    for (const queryLang of asking) {
      const { queries, qrels } = testCollectionOf(collection, queryLang, passageLang);
      pairs.push({
        name: `${queryLang}>${passageLang}`,
        relevant: queries.map(({ id }) => relevantRows(qrels.get(id)!, rowOf)),
        rank,
        order,
        legs: await LegScores.create(index, generator, queries),
        denseLists: new LastLists(),
        lexicalLists: new LastLists(),
      });
    }
  }
  return { pairs, indexes };
}

async function measurePair(
  pair: Pair,
  system: System,
  settings: Settings,
  measure: Measure,
): Promise<number> {
  const { mode, augment, translate } = system;
  const augmented = augment !== 'off';
  const dense = mode === 'lexical' ? null : await pair.legs.dense(augmented ? settings.alpha : 0);
  const lexicalMode = lexicalModeOf({ augment: augmented, translate });
  const lexical = mode === 'dense' ? null : pair.legs.lexical(lexicalMode, settings);
  const scoresOf = scorer(pair, settings, dense, lexical);
  let sum = 0;
  pair.relevant.forEach((relevant, q) => {
    sum += measure.of(rankRows(relevant, scoresOf(q), pair.order, pair.order.length));
  });
  return sum / pair.relevant.length;
}

/** Scores (n) of a query as the engine would give them; NaN: none. The array is reused. */
function scorer(
  pair: Pair,
  { denseWeight, normalization, topN }: Settings,
  dense: Float32Array[] | null,
  lexical: Float64Array[] | null,
): (query: number) => ArrayLike<number> {
  if (lexical === null) return (q) => dense![q];
  if (dense === null) return (q) => lexical[q].map((score) => (score > 0 ? score : Number.NaN));
  const shape = { topN, normalization, rank: pair.rank };
  const fused = new Float64Array(pair.order.length);
  const depth = Math.min(topN, fused.length);
  const key = `${topN} ${normalization}`;
  const denseLists = pair.denseLists.of(dense, key, (scores) =>
    legList(scores, null, depth, shape),
  );
  const lexicalLists = pair.lexicalLists.of(lexical, key, (scores) =>
    legList(scores, 0, depth, shape),
  );
  return (q) => {
    fuseLegs(denseLists[q], lexicalLists[q], denseWeight, fused);
    return fused;
  };
}

/** The lists of all queries for the scores and the shape that were asked for last. */
class LastLists {
  #scores: unknown = null;
  #key = '';
  #lists: LegList[] = [];

  of<T>(scores: readonly T[], key: string, make: (ofQuery: T) => LegList): readonly LegList[] {
    if (scores !== this.#scores || key !== this.#key) this.#lists = scores.map(make);
    this.#scores = scores;
    this.#key = key;
    return this.#lists;
  }
}

/** The best `rows` settings of each system as a table for people. */
export function formatTuned(
  tuned: readonly TunedSettings[],
  systems: readonly System[],
  rows = 10,
): string {
  return systems
    .map((system) => {
      const parameters = parametersOf(system);
      const best = tuned.filter(({ system: name }) => name === system.name).slice(0, rows);
      const pairs = Object.keys(best[0]?.byPair ?? {});
      const lines = best.map(({ settings, byPair, mean }) => [
        system.name,
        ...parameters.map((parameter) => String(settings[parameter])),
        mean.toFixed(4),
        ...pairs.map((pair) => byPair[pair].toFixed(3)),
      ]);
      return formatColumns([['', ...parameters, 'mean', ...pairs], ...lines]);
    })
    .join('\n');
}
