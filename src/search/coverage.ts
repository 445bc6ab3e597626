/**
 * How well generated queries stand for their passages: each of a sample's queries is asked, and the
 * place of its own passage counted, by language, with xQG and without.
 */
import { XqgError } from '../base/errors.js';
import type { Recipe } from '../indexing/recipe.js';
import { rankQuestions } from './answer.js';
import { generatedQueries } from './contents.js';
import { filterMask } from './filters.js';
import type { SearchView } from './opened/searchable.js';
import type { Question } from './options.js';

export interface CoverageOptions {
  /** Passages that are looked at, spread evenly over the index. Default 25. */
  readonly sample?: number;
  readonly filters?: readonly string[];
  /** When aborted, the measuring ends with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Shares in [0, 1] of the queries that find their passage at the first place, and among the first
 * ten.
 */
export interface FoundShares {
  readonly first: number;
  readonly firstTen: number;
}

export interface Coverage {
  /** Passages whose queries were asked. */
  readonly passages: number;
  /** In the order of the index's query languages. */
  readonly languages: readonly {
    readonly lang: string;
    readonly queries: number;
    readonly with: FoundShares;
    readonly without: FoundShares;
  }[];
}

interface OwnQuery extends Question {
  readonly id: string;
}

const DEPTH = 10;
const DEFAULT_SAMPLE = 25;

/** @throws XqgError XQG_NO_GENERATED_QUERIES, XQG_FILTER_SYNTAX */
export async function measureCoverage(
  opened: SearchView,
  recipe: Recipe,
  { sample = DEFAULT_SAMPLE, filters = [], signal }: CoverageOptions,
): Promise<Coverage> {
  const { queryLanguages } = opened.snapshot;
  if (queryLanguages.length === 0) {
    throw new XqgError('XQG_NO_GENERATED_QUERIES', { what: 'measuring them' });
  }
  const ids = await sampledIds(opened, sample, filters);
  const asked = new Map<string, OwnQuery[]>(queryLanguages.map((lang) => [lang, []]));
  for (const id of ids) {
    const { queries } = await generatedQueries(opened, recipe, id, filters);
    for (const [lang, [text]] of Object.entries(queries)) {
      if (text !== undefined) asked.get(lang)!.push({ id, text, lang });
    }
  }
  const languages: Coverage['languages'][number][] = [];
  for (const [lang, questions] of asked) {
    const found = async (augment: boolean): Promise<FoundShares> => {
      const options = { augment, filters, k: DEPTH, signal };
      const ranked = await rankQuestions(opened, recipe, questions, options);
      return sharesOf(
        ranked.map(({ question, hits }) => hits.findIndex(({ id }) => id === question.id)),
      );
    };
    if (questions.length === 0) continue;
    languages.push({
      lang,
      queries: questions.length,
      with: await found(true),
      without: await found(false),
    });
  }
  return { passages: ids.length, languages };
}

async function sampledIds(
  { snapshot }: SearchView,
  sample: number,
  filters: readonly string[],
): Promise<string[]> {
  const mask = await filterMask(snapshot, filters);
  const visible = mask === null ? snapshot.ids : snapshot.ids.filter((_, row) => mask[row] === 1);
  const size = Math.min(sample, visible.length);
  return Array.from({ length: size }, (_, i) => visible[Math.floor((i * visible.length) / size)]);
}

/** @param places of the own passage, from 0; negative: not found */
function sharesOf(places: readonly number[]): FoundShares {
  const share = (within: number): number =>
    places.filter((place) => place >= 0 && place < within).length / places.length;
  return { first: share(1), firstTen: share(DEPTH) };
}
