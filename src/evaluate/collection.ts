/**
 * Measures systems over a parallel collection in settings of its languages. A pool is encoded once,
 * whatever asks for it.
 */
import { ALL_LANGUAGES, type Collection, poolOf, testCollectionOf } from './data/collection.js';
import {
  type Measure,
  type MeasureValues,
  type Qrels,
  RANK_DISTANCE,
  summarize,
} from './measures/metrics.js';
import type {
  AskedQuery,
  DetectLanguages,
  LanguageKnowledge,
  OpenSearcher,
  Searcher,
} from './ranking/searcher.js';
import type { PerQueryRow, Progress, ResultRow, Setting } from './report/results.js';
import type { System } from './systems.js';

export interface CollectionOptions {
  readonly collection: Collection;
  readonly settings: readonly Setting[];
  readonly systems: readonly System[];
  readonly languages: readonly LanguageKnowledge[];
  readonly measures: readonly Measure[];
  readonly open: OpenSearcher;
  readonly detect: DetectLanguages;
  /** Name of the generator that every row gets. */
  readonly generator: string;
  readonly perQuery: boolean;
}

export interface Measured {
  readonly results: ResultRow[];
  readonly perQuery: PerQueryRow[];
}

interface LanguagePair {
  readonly setting: Setting;
  readonly queryLang: string;
  /** ALL_LANGUAGES in the setting multi. */
  readonly passageLang: string;
}

/**
 * The pairs of languages that a setting asks for; settings with English have none where the
 * collection lacks it.
 */
export function pairsOf(langs: readonly string[], settings: readonly Setting[]): LanguagePair[] {
  const others = langs.includes('en') ? langs.filter((lang) => lang !== 'en') : [];
  return settings.flatMap((setting): LanguagePair[] => {
    if (setting === 'mono')
      return langs.map((lang) => ({ setting, queryLang: lang, passageLang: lang }));
    if (setting === 'multi')
      return langs.map((lang) => ({ setting, queryLang: lang, passageLang: ALL_LANGUAGES }));
    if (setting === 'cross') return crossPairs(langs);
    if (setting === 'to-english')
      return others.map((lang) => ({ setting, queryLang: lang, passageLang: 'en' }));
    return others.map((lang) => ({ setting, queryLang: 'en', passageLang: lang }));
  });
}

function crossPairs(langs: readonly string[]): LanguagePair[] {
  return langs.flatMap((queryLang) =>
    langs
      .filter((passageLang) => passageLang !== queryLang)
      .map((passageLang) => ({ setting: 'cross' as const, queryLang, passageLang })),
  );
}

/**
 * Measures every system on every pair; rows are in the order of settings, pairs, knowledge of the
 * language, systems.
 */
export async function measureCollection(
  options: CollectionOptions,
  progress: Progress,
): Promise<Measured> {
  const { collection, open, systems, languages } = options;
  const pairs = pairsOf([...collection.parts.keys()], options.settings);
  const measured = new Map<LanguagePair, Measured>();
  const steps = pairs.length * languages.length;
  let done = 0;
  for (const passageLang of new Set(pairs.map((pair) => pair.passageLang))) {
    const asking = pairs.filter((pair) => pair.passageLang === passageLang);
    const askerLanguages = asking.map(({ queryLang }) => queryLang);
    const detected = languages.includes('detected');
    const pool = told(poolOf(collection, passageLang), (n) =>
      progress(`${n} passages in ${passageLang}`, done, steps),
    );
    const searcher = await open(pool, { systems, askerLanguages, detected });
    try {
      for (const pair of asking) {
        const step = `${pair.queryLang} to ${passageLang}`;
        const ofPair = await measurePair(searcher, pair, options, () =>
          progress(step, ++done, steps),
        );
        measured.set(pair, ofPair);
      }
    } finally {
      await searcher.close();
    }
  }
  return {
    results: pairs.flatMap((pair) => measured.get(pair)!.results),
    perQuery: pairs.flatMap((pair) => measured.get(pair)!.perQuery),
  };
}

/** Passes the items on, and tells their number now and then. */
function* told<T>(items: Iterable<T>, tell: (count: string) => void): Generator<T> {
  let count = 0;
  for (const item of items) {
    yield item;
    if (++count % 1000 === 0) tell(count.toLocaleString('en-US'));
  }
}

async function measurePair(
  searcher: Searcher,
  pair: LanguagePair,
  { collection, languages, systems, measures, detect, generator, perQuery }: CollectionOptions,
  onMeasured: () => void,
): Promise<Measured> {
  const { queries, qrels } = testCollectionOf(collection, pair.queryLang, pair.passageLang);
  const measured: Measured = { results: [], perQuery: [] };
  // The other settings have no parallel passages in one pool.
  const fitting =
    pair.setting === 'multi' ? measures : measures.filter(({ name }) => name !== RANK_DISTANCE);
  for (const language of languages) {
    const weights =
      language === 'given' ? undefined : await Promise.all(queries.map(({ text }) => detect(text)));
    const asked = queries.map(({ id, text, lang }, i) => ({
      id,
      text,
      lang,
      languages: weights?.[i] ?? [{ lang, weight: 1 }],
    }));
    const values = await measureSystems(searcher, systems, asked, qrels, fitting, searcher.size);
    systems.forEach((system, s) => {
      const about = { dataset: collection.name, ...pair, system: system.name, generator, language };
      addRows(measured, values[s], about, perQuery);
    });
    onMeasured();
  }
  return measured;
}

/**
 * Measures the systems on the queries: values in the order of the systems. Rankings end at `depth`.
 */
export async function measureSystems(
  searcher: Searcher,
  systems: readonly System[],
  queries: readonly AskedQuery[],
  qrels: Qrels,
  measures: readonly Measure[],
  depth: number,
): Promise<MeasureValues[]> {
  const perQuery = systems.map(() => new Map<string, readonly number[]>());
  const ranks = await searcher.rank(queries, qrels, systems, depth);
  queries.forEach(({ id }, q) => {
    ranks[q].forEach((ofSystem, s) => {
      perQuery[s].set(
        id,
        measures.map((measure) => measure.of(ofSystem)),
      );
    });
  });
  return perQuery.map((values) => summarize(values, measures));
}

/** Adds one row a measure, and one a measure and query if wanted. */
export function addRows(
  to: Measured,
  { measures, means, perQuery }: MeasureValues,
  about: Omit<ResultRow, 'metric' | 'value' | 'queries'>,
  withQueries: boolean,
): void {
  const { dataset, setting, queryLang, passageLang, system, generator, language } = about;
  const subject = { dataset, setting, queryLang, passageLang, system };
  for (const [i, metric] of measures.entries()) {
    const value = means[i];
    to.results.push({ ...subject, metric, value, generator, language, queries: perQuery.size });
    if (!withQueries) continue;
    for (const [query, values] of perQuery) {
      to.perQuery.push({ ...subject, metric, value: values[i], generator, language, query });
    }
  }
}
