/**
 * Expands questions by a model before they are searched. The model takes no turn of a search and
 * its time is bounded; where it fails, the plain question is searched and a notice says so.
 */

import { untilAborted } from '../base/abort.js';
import { asXqgError } from '../base/errors.js';
import type { ExpandedQuestion, ExpandOptions } from '../expand/apply.js';
import type { Expander } from '../expand/expander.js';
import type { SearchOptions } from '../search/options.js';
import type { XqgIndex } from '../xqg-index.js';

export interface ExpansionsOptions {
  readonly expand: ExpandOptions;
  /** How long a question waits for its text. Default 10,000. */
  readonly timeoutMs?: number;
  /** Questions that wait for their texts at most; others are searched as they are. Default 64. */
  readonly waiting?: number;
  /** Is called with what failed, never with a question or a text. */
  readonly onFailure?: (failure: { readonly code: string; readonly problem: string }) => void;
}

export interface ServerExpansion {
  /** Undefined: search the question as it is. */
  readonly expand: ExpandedQuestion | undefined;
  /** Sentences for people. */
  readonly notices: readonly string[];
}

/** After so many failures in a row, the model is not called for a while. */
const FAILURES_IN_A_ROW = 3;
const PAUSE_MS = 30_000;

export class Expansions {
  readonly #options: ExpansionsOptions;
  #waiting = 0;
  #failuresInARow = 0;
  #pausedUntil = 0;
  /** So far: texts that were written, and questions that went without. */
  readonly counts = { written: 0, failed: 0, skipped: 0 };

  constructor(options: ExpansionsOptions) {
    this.#options = options;
  }

  /** Name of the expander. */
  get by(): string {
    return this.#options.expand.by.identity.name;
  }

  /**
   * @param mostMs how long the question may wait, if that is less than `timeoutMs`
   * @param clientSignal aborted when the client has hung up
   * @throws XqgError what is wrong with the question; an AbortError if the client hung up
   */
  async expand(
    index: XqgIndex,
    question: string,
    lang: SearchOptions['lang'],
    mostMs: number,
    clientSignal: AbortSignal,
  ): Promise<ServerExpansion> {
    const { timeoutMs = 10_000, waiting = 64, expand, onFailure } = this.#options;
    if (Date.now() < this.#pausedUntil)
      return this.#skipped('the model failed before and is left alone');
    if (this.#waiting >= waiting) return this.#skipped('too many questions wait for the model');
    const within = Math.floor(Math.min(timeoutMs, mostMs));
    const late = AbortSignal.timeout(within);
    const signal = AbortSignal.any([clientSignal, late]);
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
      this.#failuresInARow = 0;
      return { expand: expanded, notices: [] };
    } catch (error) {
      clientSignal.throwIfAborted();
      if (!late.aborted && thrown === undefined) throw error;
      const failure = late.aborted ? tooLate(within) : failureOf(thrown);
      this.counts.failed++;
      this.#failuresInARow = failure.slow ? this.#failuresInARow + 1 : 0;
      if (this.#failuresInARow >= FAILURES_IN_A_ROW) {
        this.#failuresInARow = 0;
        this.#pausedUntil = Date.now() + PAUSE_MS;
      }
      const { code, problem, reason } = failure;
      onFailure?.({ code, problem });
      return { expand: undefined, notices: [without(reason)] };
    } finally {
      this.#waiting--;
    }
  }

  /** Closes the expander. */
  async close(): Promise<void> {
    await this.#options.expand.by.close?.();
  }

  #skipped(reason: string): ServerExpansion {
    this.counts.skipped++;
    return { expand: undefined, notices: [without(reason)] };
  }
}

interface Failure {
  readonly code: string;
  /** For the log. */
  readonly problem: string;
  /** For the client: nothing of the endpoint. */
  readonly reason: string;
  /** True: other questions would wait in vain, too. */
  readonly slow: boolean;
}

function tooLate(ms: number): Failure {
  const reason = `the model wrote nothing within ${ms / 1000} s`;
  return { code: 'XQG_REQUEST_TOO_SLOW', problem: reason, reason, slow: true };
}

function failureOf(thrown: unknown): Failure {
  const { code, details } = asXqgError(thrown);
  // What an endpoint says of a status may repeat the question, which no log holds.
  const problem = code.startsWith('XQG_REMOTE_')
    ? `${details.problem}`.replace(/^(status \d+).*/s, '$1')
    : '';
  const reason =
    code === 'XQG_EXPANSION_MISSING'
      ? 'no text was recorded for it'
      : code === 'XQG_COST_LIMIT'
        ? 'what may be spent on it is spent'
        : `the model gave no text (${code})`;
  return { code, problem, reason, slow: code === 'XQG_REMOTE_FAILED' };
}

function without(reason: string): string {
  return `The question was searched without an expansion: ${reason}.`;
}
