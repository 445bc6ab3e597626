/** The round trip of generated queries: an index of the passages is searched for each. */
import { type QueryScorer, type RankPassage, scorerOfRanks } from '../generate/filters/scorers.js';
import type { SearchOptions } from './options.js';
import type { Question, QuestionHits } from './result.js';

/** What the round trip needs of an open index. */
interface RankingIndex {
  passage(id: string): Promise<unknown>;
  rank(questions: readonly Question[], options: SearchOptions): AsyncIterable<QuestionHits>;
  digest(): Promise<string>;
}

/** A passage below this rank counts as not found. */
const DEPTH = 100;

/**
 * A scorer for `generatorOptions.scorers`: 1 / the rank of its own passage, by the vectors of the
 * passages alone.
 * @param index of the same passages, with the encoder that will search them; it needs no generated
 * queries, and must stay open
 * @throws XqgError when it scores: XQG_PASSAGE_UNKNOWN for a passage that the index lacks
 */
export async function roundTripScorer(index: RankingIndex): Promise<QueryScorer> {
  const rank: RankPassage = async (passageId, lang, questions) => {
    await index.passage(passageId);
    const ranks: (number | null)[] = [];
    const inLanguage = questions.map((text) => ({ text, lang }));
    for await (const { hits } of index.rank(inLanguage, {
      mode: 'dense',
      augment: false,
      k: DEPTH,
    })) {
      const place = hits.findIndex(({ id }) => id === passageId);
      ranks.push(place < 0 ? null : place + 1);
    }
    return ranks;
  };
  return scorerOfRanks(rank, await index.digest());
}
