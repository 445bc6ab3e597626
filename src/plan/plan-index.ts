/** What an index would take: from a recipe and a machine to rates, from rates to a plan. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { writesIn } from '../generate/generator.js';
import { closeRecipe, openRecipe, type RecipeSpec, specOfNewIndex } from '../indexing/recipe.js';
import { type Plan, planOf } from './plan.js';
import { cachedRates, cacheRates, type Rates, readRates } from './rates.js';
import { sentencesPerPassage } from './sample.js';

export interface PlanOptions extends RecipeSpec {
  readonly passages: number;
  /** For each passage and language. Default 5. */
  readonly queries?: number;
  /** Codes, or how many. Default: all of the generator's. */
  readonly queryLanguages?: readonly string[] | number;
  /** Sentences are encoded too. Default: as `xqg index` does with this encoder. */
  readonly sentences?: boolean;
  /** False: generated queries serve the lexical leg alone. Default: as of a new index. */
  readonly encodeQueries?: boolean;
  /** Words of a passage. Default 100. */
  readonly words?: number;
  /** Rates from this file instead of measuring. */
  readonly rates?: string;
  /** Measure also where rates are cached. */
  readonly remeasure?: boolean;
  /** Default: those of this machine; the disk is that of `folder`. */
  readonly machine?: Partial<Plan['request']['machine']>;
  /** Where the index would lie. Default: here. */
  readonly folder?: string;
  /** Called before measuring, which takes seconds. */
  readonly onMeasure?: () => void;
}

export interface PlannedIndex {
  readonly plan: Plan;
  readonly rates: Rates;
  readonly source: 'measured' | 'remembered' | 'file';
}

const WORDS = 100;
const QUERIES = 5;

/** @throws XqgError XQG_RATES_FILE, and those of encoders, generators and packs */
export async function planIndex(options: PlanOptions): Promise<PlannedIndex> {
  const { source, rates, languages } = await ratesOf(options);
  const { bavail, bsize } = await statfs(options.folder ?? '.');
  const machine = {
    cores: options.rates === undefined ? availableParallelism() : rates.identity.cores,
    memoryBytes: totalmem(),
    diskBytes: bavail * bsize,
    hourPrice: 0,
    ...options.machine,
  };
  const { passages, queries = QUERIES, sentences: encodes = rates.encodesSentences } = options;
  const sentences = encodes ? sentencesPerPassage(rates.identity.words) : 0;
  const { encodeQueries: encodesQueries = rates.encodesGeneratedQueries } = options;
  const request = { passages, queries, languages, sentences, encodesQueries, machine };
  return { plan: planOf(request, rates), rates, source };
}

async function ratesOf(
  options: PlanOptions,
): Promise<{ rates: Rates; source: PlannedIndex['source']; languages: number }> {
  const { queryLanguages: given, words = WORDS } = options;
  if (options.rates !== undefined && given !== undefined) {
    const languages = typeof given === 'number' ? given : given.length;
    return { rates: await readRates(options.rates), source: 'file', languages };
  }
  const recipe = await openRecipe(await specOfNewIndex(options));
  try {
    const { generator } = recipe;
    const all = (generator?.languages ?? []).filter((lang) => writesIn(generator!, lang, 'en'));
    const queryLanguages = typeof given === 'object' ? given : all;
    const languages = typeof given === 'number' ? given : queryLanguages.length;
    if (options.rates !== undefined)
      return { rates: await readRates(options.rates), source: 'file', languages };
    const { calibrate, ratesIdentity } = await import('./calibrate.js');
    const cached = options.remeasure ? null : await cachedRates(ratesIdentity(recipe, words));
    if (cached !== null) return { rates: cached, source: 'remembered', languages };
    options.onMeasure?.();
    const rates = await calibrate(recipe, queryLanguages, words);
    await cacheRates(rates);
    return { rates, source: 'measured', languages };
  } finally {
    await closeRecipe(recipe);
  }
}
