/**
 * Measures many settings of a system on one collection and ranks them. For data that may be tuned on: MLQA-R's first half
 * and question-answer files, never XQuAD. Knows no file format.
 */
import { lexicalModeOf } from '../search/request.js';
import { rankOfIds } from '../search/top-k.js';
import { pairsOf } from './collection.js';
import { type Collection, pairOf } from './datasets/collection.js';
import type { EngineParts } from './engine-searcher.js';
import { LegLists } from './leg-lists.js';
import { LegScores } from './leg-scores.js';
import { type Judgments, type Measure, parseMeasures, type RelevantRanks } from './metrics.js';
import { PassageIndex } from './passage-index.js';
import { comparePassageIds } from './passage-order.js';
import type { Progress, Setting } from './results.js';
import { DRAWN_QUERIES, type System } from './systems.js';
import { formatColumns } from './table.js';
import { type Grid, parametersOf, type Settings, settingsOf } from './tune-grid.js';

export interface TuneOptions {
  readonly collection: Collection;
  readonly setting: Setting;
  /** Of TUNABLE_SYSTEMS; each gets all combinations of its own parameters. */
  readonly systems: readonly System[];
  readonly grid: Grid;
  readonly parts: EngineParts;
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

interface RelevantRow {
  readonly row: number;
  readonly gain: number;
}

interface Pair {
  readonly name: string;
  /** Of each query. */
  readonly relevant: readonly (readonly RelevantRow[])[];
  /** (n) The place of every row's id among all ids by their bytes. */
  readonly order: Uint32Array;
  readonly legs: LegScores;
  readonly dense: LegLists;
  readonly lexical: LegLists;
}

/** All settings, by system in the given order, the best mean first. */
export async function tune(options: TuneOptions, progress: Progress = () => {}): Promise<TunedSettings[]> {
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
        for (const pair of pairs) byPair[pair.name] = await measurePair(pair, system, each, decisive);
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
  const wanted = pairsOf([...collection.parts.keys()], [setting]);
  const pairs: Pair[] = [];
  const indexes: PassageIndex[] = [];
  for (const passageLang of new Set(wanted.map((pair) => pair.passageLang))) {
    const asking = wanted
      .filter((pair) => pair.passageLang === passageLang)
      .map(({ queryLang }) => queryLang);
    const queryLanguages = generator.languages.filter((lang) => asking.includes(lang));
    const options = { encoder, generator, queryLanguages, queries: DRAWN_QUERIES, seed };
    const [index] = await PassageIndex.build(collection.parts.get(passageLang)!.passages, [options]);
    indexes.push(index);
    const { ids } = index.snapshot;
    const rank = rankOfIds(ids);
    const order = new Uint32Array(ids.length);
    const byBytes = [...ids.keys()].sort((a, b) => comparePassageIds(ids[a], ids[b]));
    byBytes.forEach((row, place) => {
      order[row] = place;
    });
    const rowOf = new Map(ids.map((id, row) => [id, row]));
    for (const queryLang of asking) {
      const { queries, qrels } = pairOf(collection, queryLang, passageLang);
      pairs.push({
        name: `${queryLang}>${passageLang}`,
        relevant: queries.map(({ id }) => relevantRows(qrels.get(id)!, rowOf)),
        order,
        legs: await LegScores.create(index, generator, queries),
        dense: new LegLists(rank, false),
        lexical: new LegLists(rank, true),
      });
    }
  }
  return { pairs, indexes };
}

function relevantRows(judgments: Judgments, rowOf: ReadonlyMap<string, number>): RelevantRow[] {
  return [...judgments].filter(([, gain]) => gain > 0).map(([id, gain]) => ({ row: rowOf.get(id)!, gain }));
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
    sum += measure.of(rankRows(relevant, scoresOf(q), pair.order));
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
  const denseLists = pair.dense.of(dense, topN, normalization);
  const lexicalLists = pair.lexical.of(lexical, topN, normalization);
  const scores = new Float64Array(pair.order.length);
  return (q) => {
    const [a, b] = [denseLists[q], lexicalLists[q]];
    for (let row = 0; row < scores.length; row++) {
      const candidate = a.listed[row] === 1 || b.listed[row] === 1;
      scores[row] = candidate ? denseWeight * a.normalized[row] + b.normalized[row] : Number.NaN;
    }
    return scores;
  };
}

/** Where the relevant rows stand in trec_eval's order. */
function rankRows(
  relevant: readonly RelevantRow[],
  scores: ArrayLike<number>,
  order: Uint32Array,
): RelevantRanks {
  const found = relevant
    .filter(({ row }) => !Number.isNaN(scores[row]))
    .map(({ row, gain }) => {
      let rank = 1;
      for (let other = 0; other < scores.length; other++) {
        if (scores[other] > scores[row] || (scores[other] === scores[row] && order[other] > order[row]))
          rank++;
      }
      return { rank, gain };
    })
    .sort((a, b) => a.rank - b.rank);
  return {
    ranks: found.map(({ rank }) => rank),
    gains: found.map(({ gain }) => gain),
    ideal: relevant.map(({ gain }) => gain).sort((a, b) => b - a),
  };
}

/** The best `rows` settings of each system as a table for people. */
export function formatTuned(tuned: readonly TunedSettings[], systems: readonly System[], rows = 10): string {
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
