/**
 * Questions that a model widens before they are searched. It is a guest: it takes no place of a
 * search, its time is bounded, and whatever goes wrong with it leaves the plain question and a
 * sentence about it.
 */

import { untilAborted } from '../base/abort.js';
import { asXqgError } from '../base/errors.js';
import type { ExpandedQuestion, ExpandOptions } from '../expand/apply.js';
import type { Expander } from '../expand/expander.js';
import type { SearchOptions } from '../search/options.js';
import type { XqgIndex } from '../xqg-index.js';

export interface ExpansionsOptions {
  readonly expand: ExpandOptions;
  /** A text that takes longer is not waited for. Default 10,000. */
  readonly timeoutMs?: number;
  /** Questions that wait for their texts at most; others are searched as they are. Default 64. */
  readonly waiting?: number;
  /** Told of what failed; never of a question or a text. */
  readonly onFailure?: (failure: { readonly code: string; readonly problem: string }) => void;
}

export interface Widened {
  /** Undefined: search the question as it is. */
  readonly expand: ExpandedQuestion | undefined;
  /** Sentences for people. */
  readonly notices: readonly string[];
}

/**
 * After so many questions in a row that the model let wait in vain, it is left alone for a while.
 */
const FAILURES_IN_A_ROW = 3;
const REST_MS = 30_000;

export class Expansions {
  readonly #options: ExpansionsOptions;
  #waiting = 0;
  #inARow = 0;
  #restsUntil = 0;
  /** So far: texts that were written, and questions that went without. */
  readonly counts = { written: 0, failed: 0, skipped: 0 };

  constructor(options: ExpansionsOptions) {
    this.#options = options;
  }

  /** The name of what writes. */
  get by(): string {
    return this.#options.expand.by.identity.name;
  }

  /**
   * @param mostMs what the question may wait at most, if it is less than the model's own time
   * @param gone aborted when nobody waits for the answer any more
   * @throws XqgError what is wrong with the question; an AbortError if `gone` is aborted
   */
  async widen(
    index: XqgIndex,
    question: string,
    lang: SearchOptions['lang'],
    mostMs: number,
    gone: AbortSignal,
  ): Promise<Widened> {
    const { timeoutMs = 10_000, waiting = 64, expand, onFailure } = this.#options;
    if (Date.now() < this.#restsUntil)
      return this.#skipped('the model failed before and is left alone');
    if (this.#waiting >= waiting) return this.#skipped('too many questions wait for the model');
    const within = Math.floor(Math.min(timeoutMs, mostMs));
    const late = AbortSignal.timeout(within);
    const signal = AbortSignal.any([gone, late]);
    let thrown: unknown;
    const by: Expander = {
      identity: expand.by.identity,
      expand: (questions, stop) =>
        expand.by.expand(questions, stop).catch((error) => {
          thrown = error;
          throw error;
        }),
    };
    this.#waiting++;
    try {
      const expanded = await untilAborted(
        index.expand(question, { lang, expand: { ...expand, by }, signal }),
        signal,
      );
      this.counts.written++;
      this.#inARow = 0;
      return { expand: expanded, notices: [] };
    } catch (error) {
      gone.throwIfAborted();
      if (!late.aborted && thrown === undefined) throw error;
      const failure = late.aborted ? tooLate(within) : failureOf(thrown);
      this.counts.failed++;
      this.#inARow = failure.slow ? this.#inARow + 1 : 0;
      if (this.#inARow >= FAILURES_IN_A_ROW) {
        this.#inARow = 0;
        this.#restsUntil = Date.now() + REST_MS;
      }
      const { code, problem, told } = failure;
      onFailure?.({ code, problem });
      return { expand: undefined, notices: [without(told)] };
    } finally {
      this.#waiting--;
    }
  }

  /** Lets go of what writes. */
  async close(): Promise<void> {
    await this.#options.expand.by.close?.();
  }

  #skipped(reason: string): Widened {
    this.counts.skipped++;
    return { expand: undefined, notices: [without(reason)] };
  }
}

interface Failure {
  readonly code: string;
  /** For the log. */
  readonly problem: string;
  /** For people: nothing of the endpoint. */
  readonly told: string;
  /** True: others would wait in vain, too. */
  readonly slow: boolean;
}

function tooLate(ms: number): Failure {
  const told = `the model wrote nothing within ${ms / 1000} s`;
  return { code: 'XQG_REQUEST_TOO_SLOW', problem: told, told, slow: true };
}

function failureOf(thrown: unknown): Failure {
  const { code, details } = asXqgError(thrown);
  // What an endpoint says of a status may repeat the question, which no log holds.
  const problem = code.startsWith('XQG_REMOTE_')
    ? `${details.problem}`.replace(/^(status \d+).*/s, '$1')
    : '';
  const told =
    code === 'XQG_EXPANSION_MISSING'
      ? 'no text was recorded for it'
      : code === 'XQG_COST_LIMIT'
        ? 'what may be spent on it is spent'
        : `the model gave no text (${code})`;
  return { code, problem, told, slow: code === 'XQG_REMOTE_FAILED' };
}

function without(reason: string): string {
  return `The question was searched without an expansion: ${reason}.`;
}
