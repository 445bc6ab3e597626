/**
 * Measures many settings of a system on one collection and ranks them. For data that may be tuned
 * on: MLQA-R's first half and question-answer files, never XQuAD.
 */

import { encodesSentences } from '../augment/tuned.js';
import { meanOf } from '../base/numbers.js';
import type { Encoder } from '../encode/encoder.js';
import type { Generator } from '../generate/generator.js';
import { searchDefaults } from '../search/defaults.js';
import type { Scanner } from '../search/dense/scanner.js';
import {
  type Collection,
  type ParallelSetting,
  pairsOf,
  poolOf,
  testCollectionOf,
  withPassages,
} from './data/collection.js';
import { parseMeasures } from './measures/metrics.js';
import type { ArtifactStore } from './ranking/artifact-store.js';
import { Block, passagesInMemory } from './ranking/block.js';
import { Pool } from './ranking/pool.js';
import type { QueryControl } from './ranking/query-control.js';
import { type QuestionBatch, Ranker } from './ranking/ranker.js';
import { type SystemSettings, sourceOf } from './ranking/system-settings.js';
import type { Progress } from './report/results.js';
import { formatColumns } from './report/text-tables.js';
import type { System } from './systems.js';
import { defaultsWith, type Grid, parametersOf, type Settings, settingsOf } from './tune-grid.js';

/** A system, or a control of one under a name of its own. */
export interface TunableSystem extends System {
  readonly control?: QueryControl;
}

export interface TuneOptions {
  readonly collection: Collection;
  readonly setting: ParallelSetting;
  /** Each gets all combinations of its own parameters. */
  readonly systems: readonly TunableSystem[];
  readonly grid: Grid;
  readonly encoder: Encoder;
  readonly generator: Generator;
  readonly scanner: Scanner;
  /** Of the vectors of passages and queries. */
  readonly store: ArtifactStore;
  /** Whether the dense leg has the best sentences; default: as search for the encoder. */
  readonly sentences?: boolean;
  /** Default true, where the encoder has centroids. */
  readonly centering?: boolean;
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

/** Settings whose ranks are in memory at once. */
const BATCH = 256;

interface Pair {
  readonly name: string;
  readonly questions: QuestionBatch;
}

/** All settings, by system in the given order, the best mean first. */
export async function tune(
  options: TuneOptions,
  progress: Progress = () => {},
): Promise<TunedSettings[]> {
  const { systems, grid, encoder, generator, measure = 'MRR' } = options;
  const [decisive] = parseMeasures(measure);
  const all = systems.flatMap((system) =>
    settingsOf(system, grid, searchDefaults(encoder, generator)).map((settings) => ({
      system,
      settings,
    })),
  );
  const pools = await openPools(options);
  const byPair = all.map((): Record<string, number> => ({}));
  const pairCount = pools.reduce((sum, { pairs }) => sum + pairs.length, 0);
  let done = 0;
  for (const { ranker, pairs } of pools) {
    for (const { name, questions } of pairs) {
      // Systems are ranked together: a plain and an augmented hybrid share a leg with others.
      for (let first = 0; first < all.length; first += BATCH) {
        const some = all.slice(first, first + BATCH);
        const ranks = await ranker.ranks(
          some.map((each) => systemWith(each, options)),
          questions,
        );
        for (const [i, ofSettings] of ranks.entries())
          byPair[first + i][name] = meanOf(ofSettings.map((each) => decisive.of(each)));
        done += some.length;
        progress(`tuning on ${name}`, Math.floor(done / pairCount), all.length);
      }
    }
  }
  const tuned = all.map(({ system, settings }, i): TunedSettings => {
    return {
      system: system.name,
      settings,
      byPair: byPair[i],
      mean: meanOf(Object.values(byPair[i])),
    };
  });
  return systems.flatMap(({ name }) =>
    tuned.filter(({ system }) => system === name).sort((a, b) => b.mean - a.mean),
  );
}

/** What can be tuned on: only passages that the generator has queries for. */
export async function tunable({
  collection,
  generator,
}: Pick<TuneOptions, 'collection' | 'generator'>): Promise<Collection> {
  return generator.has === undefined
    ? collection
    : withPassages(collection, (passage) => generator.has!(passage));
}

/** One pool for each language of passages, with the questions that are ranked over it. */
async function openPools(
  options: TuneOptions,
): Promise<{ readonly ranker: Ranker; readonly pairs: readonly Pair[] }[]> {
  const { setting, encoder, generator, scanner, store } = options;
  const collection = await tunable(options);
  const all = pairsOf([...collection.parts.keys()], setting);
  const pools: { ranker: Ranker; pairs: Pair[] }[] = [];
  for (const passageLang of new Set(all.map((pair) => pair.passageLang))) {
    const passages = passagesInMemory([...poolOf(collection, passageLang)]);
    const block = new Block(passages, { encoder, generator, store, seed: 0 });
    const queryLanguages = generator.languages;
    const pool = new Pool([{ block, idOf: (id) => id }], {
      queryLanguages,
      trainingMeans: new Map(),
      roundTrip: () => Promise.reject(new RangeError('tuning drops no queries')),
    });
    const pairs: Pair[] = [];
    for (const { queryLang: lang } of all.filter((pair) => pair.passageLang === passageLang)) {
      const { queries, qrels } = testCollectionOf(collection, lang, passageLang);
      const languages = [{ lang, weight: 1 }];
      const vectors = await encoder.encodeQueries(
        queries.map(({ id, text }) => ({ id, text, languages })),
      );
      const questions = { lang, queries, qrels, vectors, languages: null, expansions: null };
      pairs.push({ name: `${lang}>${passageLang}`, questions });
    }
    const ranker = new Ranker(pool, { encoder, generator, scanner, queryLanguages });
    pools.push({ ranker, pairs });
  }
  return pools;
}

interface SystemWithSettings {
  readonly system: TunableSystem;
  readonly settings: Settings;
}

/** Unit-length augmentation and no feedback: neither is tuned here. */
function systemWith(
  { system, settings }: SystemWithSettings,
  options: Pick<TuneOptions, 'encoder' | 'generator' | 'grid' | 'sentences' | 'centering'>,
): SystemSettings {
  const { control } = system;
  const { encoder, generator, grid, centering = true } = options;
  const tunesSentences = grid.sentenceWeight !== undefined;
  const sentences = options.sentences ?? (encodesSentences(encoder) || tunesSentences);
  return {
    system,
    profile: 'unit',
    alpha: settings.alpha,
    languages: system.augment === 'all' ? 'all' : 'asker',
    source: { ...sourceOf(system, encoder, generator), control },
    defaults: defaultsWith(system, settings, searchDefaults(encoder, generator)),
    feedback: 0,
    sentenceWeight: sentences ? null : 0,
    centering,
    topN: settings.topN,
  };
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
