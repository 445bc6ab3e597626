/** The dense leg by exact search: the best rows of a batch of questions by scans of all rows. Knows no text and no lexical leg. */
import { type DenseQuestion, scanQuestions, sumParts } from './dense-leg.js';
import { exactScore, exactTopK } from './exact/exact-top-k.js';
import type { Scanner } from './exact/scanner.js';
import { type DenseList, NO_LIST } from './hits.js';
import { stillWanted } from './wanted.js';

export interface ListedQuestion extends DenseQuestion {
  /** Length of its list. */
  readonly depth: number;
  /** (n), 0 leaves a row out; null leaves none out */
  readonly mask: Uint8Array | null;
}

export class ExactLists {
  readonly #scanner: Pick<Scanner, 'scan'>;
  readonly #rank: Uint32Array;
  /** Reused by every question. */
  readonly #scanned: Float64Array;

  /** @param rank (n) of `rankOfIds` */
  constructor(scanner: Pick<Scanner, 'scan'>, rank: Uint32Array) {
    this.#scanner = scanner;
    this.#rank = rank;
    this.#scanned = new Float64Array(rank.length);
  }

  /** In the order of the questions; a question with a vector of zeros has no list. */
  async lists(questions: readonly ListedQuestion[], signal?: AbortSignal): Promise<DenseList[]> {
    await stillWanted(signal);
    const scanned = await scanQuestions(this.#scanner, questions);
    const lists: DenseList[] = [];
    for (const [i, { vector, parts, depth, mask }] of questions.entries()) {
      await stillWanted(signal);
      const products = scanned[i];
      if (products === null) {
        lists.push(NO_LIST);
        continue;
      }
      const { scores, error } = sumParts(products, this.#scanned);
      lists.push({
        list: exactTopK(scores, error, vector, parts, depth, this.#rank, mask),
        score: (row) => exactScore(vector, parts, row),
      });
    }
    return lists;
  }
}
