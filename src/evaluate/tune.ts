/**
 * Measures many settings of a system on one collection and ranks them. For data that may be tuned on: MLQA-R's first half
 * and question-answer files, never XQuAD. Knows no file format.
 */
import { hybrid } from '../search/fusion.js';
import { lexicalModeOf } from '../search/request.js';
import { type RankedRows, rankOfIds, topK } from '../search/top-k.js';
import { pairsOf } from './collection.js';
import { type Collection, pairOf } from './datasets/collection.js';
import type { EngineParts } from './engine-searcher.js';
import { LegScores } from './leg-scores.js';
import { type Measure, measureQuery, parseMeasures, type Qrels, type Scores } from './metrics.js';
import { PassageIndex } from './passage-index.js';
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

interface Pair {
  readonly name: string;
  readonly queryIds: readonly string[];
  readonly qrels: Qrels;
  readonly ids: readonly string[];
  readonly rank: Uint32Array;
  readonly legs: LegScores;
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
    for (const queryLang of asking) {
      const { queries, qrels } = pairOf(collection, queryLang, passageLang);
      pairs.push({
        name: `${queryLang}>${passageLang}`,
        queryIds: queries.map(({ id }) => id),
        qrels,
        ids,
        rank: rankOfIds(ids),
        legs: await LegScores.create(index, generator, queries),
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
  let sum = 0;
  pair.queryIds.forEach((id, q) => {
    const scores = scoresOf(pair, settings, dense?.[q] ?? null, lexical?.[q] ?? null);
    sum += measureQuery(pair.qrels.get(id)!, scores, [measure])[0];
  });
  return sum / pair.queryIds.length;
}

/** The scores of one query as the engine would give them. */
function scoresOf(
  { ids, rank }: Pair,
  { denseWeight, normalization, topN }: Settings,
  dense: Float32Array | null,
  lexical: Float64Array | null,
): Scores {
  const n = ids.length;
  if (lexical === null) return namedScores(topK(dense!, n, rank), ids);
  if (dense === null) return namedScores(topK(lexical, n, rank, null, 0), ids);
  const legs = [
    {
      list: topK(dense, topN, rank),
      score: (row: number) => dense[row],
      weight: denseWeight,
      missing: null,
    },
    {
      list: topK(lexical, topN, rank, null, 0),
      score: (row: number) => (lexical[row] > 0 ? lexical[row] : null),
      weight: 1,
      missing: 0,
    },
  ];
  return new Map(hybrid(legs, normalization, n, rank).map(({ row, score }) => [ids[row], score]));
}

function namedScores({ rows, scores }: RankedRows, ids: readonly string[]): Scores {
  return new Map(Array.from(rows, (row, i) => [ids[row], scores[i]]));
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
