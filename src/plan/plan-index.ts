/** What an index would take: recipe and a machine to rates, rates to a plan. Makes no index. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { type RecipeOptions, recipeOf } from '../indexing/recipe.js';
import { type Plan, planOf } from './plan.js';
import { type Rates, readRates, rememberedRates, rememberRates } from './rates.js';

export interface PlanOptions extends RecipeOptions {
  readonly passages: number;
  /** For each passage and language. Default 5. */
  readonly queries?: number;
  /** Codes, or how many. Default: all of the generator's. */
  readonly queryLanguages?: readonly string[] | number;
  /** Words of a passage. Default 100. */
  readonly words?: number;
  /** Rates from this file instead of measuring. */
  readonly rates?: string;
  /** Measure also where rates are remembered. */
  readonly remeasure?: boolean;
  /** Default: those of this machine; the disk is that of `folder`. */
  readonly machine?: Partial<Plan['request']['machine']>;
  /** Where the index would lie. Default: here. */
  readonly folder?: string;
  /** Told before measuring, which takes seconds. */
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
  const { passages, queries = QUERIES } = options;
  return { plan: planOf({ passages, queries, languages, machine }, rates), rates, source };
}

async function ratesOf(
  options: PlanOptions,
): Promise<{ rates: Rates; source: PlannedIndex['source']; languages: number }> {
  const { queryLanguages: asked, words = WORDS } = options;
  if (options.rates !== undefined && asked !== undefined) {
    const languages = typeof asked === 'number' ? asked : asked.length;
    return { rates: await readRates(options.rates), source: 'file', languages };
  }
  const recipe = await recipeOf(options, null);
  try {
    const all = (recipe.generator?.languages ?? []).filter((lang) => lang !== 'en');
    const queryLanguages = typeof asked === 'object' ? asked : all;
    const languages = typeof asked === 'number' ? asked : queryLanguages.length;
    if (options.rates !== undefined)
      return { rates: await readRates(options.rates), source: 'file', languages };
    const { calibrate, ratesIdentity } = await import('./calibrate.js');
    const remembered = options.remeasure
      ? null
      : await rememberedRates(ratesIdentity(recipe, words));
    if (remembered !== null) return { rates: remembered, source: 'remembered', languages };
    options.onMeasure?.();
    const rates = await calibrate(recipe, queryLanguages, words);
    await rememberRates(rates);
    return { rates, source: 'measured', languages };
  } finally {
    await recipe.close?.();
  }
}
