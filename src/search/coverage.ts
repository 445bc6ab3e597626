/**
 * How well generated queries stand for their passages: each of a sample's queries is searched, and
 * the rank of its own passage counted, by language, with xQG and without.
 */
import { cancellationPoint } from '../base/abort.js';
import { XqgError } from '../base/errors.js';
import { rankQuestions } from './answer.js';
import { generatedQueries } from './contents.js';
import { filterMask } from './filters.js';
import type { SearchView, WholeIndex } from './opened/searchable.js';
import type { Question } from './result.js';

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
interface FoundShares {
  readonly first: number;
  readonly firstTen: number;
}

export interface Coverage {
  /** Passages whose queries were searched. */
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
  index: WholeIndex,
  { sample = DEFAULT_SAMPLE, filters = [], signal }: CoverageOptions,
): Promise<Coverage> {
  const { queryLanguages } = index.snapshot;
  if (queryLanguages.length === 0) {
    throw new XqgError('XQG_NO_GENERATED_QUERIES', { what: 'measuring them' });
  }
  const ids = await sampledIds(index, sample, filters, signal);
  const questionsIn = new Map<string, OwnQuery[]>(queryLanguages.map((lang) => [lang, []]));
  for (const id of ids) {
    await cancellationPoint(signal);
    const { queries } = await generatedQueries(index, id, { filters, signal });
    for (const [lang, [text]] of Object.entries(queries)) {
      if (text !== undefined) questionsIn.get(lang)!.push({ id, text, lang });
    }
  }
  const languages: Coverage['languages'][number][] = [];
  for (const [lang, questions] of questionsIn) {
    const sharesFound = async (augment: boolean): Promise<FoundShares> => {
      const options = { augment, filters, k: DEPTH, signal };
      const places: number[] = [];
      for await (const { question, hits } of rankQuestions(index, questions, options))
        places.push(hits.findIndex(({ id }) => id === question.id));
      return sharesOf(places);
    };
    if (questions.length === 0) continue;
    languages.push({
      lang,
      queries: questions.length,
      with: await sharesFound(true),
      without: await sharesFound(false),
    });
  }
  return { passages: ids.length, languages };
}

async function sampledIds(
  { snapshot }: SearchView,
  sample: number,
  filters: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const mask = await filterMask(snapshot, filters, signal);
  const visible = mask === null ? snapshot.ids : snapshot.ids.filter((_, row) => mask[row] === 1);
  const size = Math.min(sample, visible.length);
  return Array.from({ length: size }, (_, i) => visible[Math.floor((i * visible.length) / size)]);
}

/** @param places of the query's own passage, from 0; negative: not found */
function sharesOf(places: readonly number[]): FoundShares {
  const share = (within: number): number =>
    places.filter((place) => place >= 0 && place < within).length / places.length;
  return { first: share(1), firstTen: share(DEPTH) };
}
