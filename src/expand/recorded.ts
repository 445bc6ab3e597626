/**
 * Expansions that were written before, from a JSONL file of {question, text, lang}: for experiments
 * without a model, and for texts that were written elsewhere. The file is read into memory: it has
 * one row a question.
 */
import { createHash } from 'node:crypto';
import { XqgError } from '../base/errors.js';
import { parseJsonObject, readLines } from '../base/lines.js';
import { formatCount } from '../base/numbers.js';
import type { Expander, ExpanderIdentity, QuestionToExpand, WrittenExpansion } from './expander.js';

type Texts = ReadonlyMap<string, { readonly text: string; readonly lang: string | null }>;

export class RecordedExpander implements Expander {
  readonly identity: ExpanderIdentity;
  readonly #file: string;
  readonly #texts: Texts;

  private constructor(file: string, sha256: string, texts: Texts) {
    this.#file = file;
    this.#texts = texts;
    this.identity = { name: 'recorded', settings: { sha256 } };
  }

  /** @throws XqgError XQG_EXPANSION_ROW with the line, and those of reading */
  static async open(file: string): Promise<RecordedExpander> {
    const texts = new Map<string, { text: string; lang: string | null }>();
    const hash = createHash('sha256');
    for await (const { number, text: line } of readLines(file)) {
      hash.update(line).update('\n');
      if (line.trim() === '') continue;
      const { question, ...written } = parseRow(line, file, number);
      texts.set(keyOf(question), written);
    }
    return new RecordedExpander(file, hash.digest('hex'), texts);
  }

  /** @throws XqgError XQG_EXPANSION_MISSING for a question that the file does not have */
  async expand(questions: readonly QuestionToExpand[]): Promise<WrittenExpansion[]> {
    const texts = questions.map(({ text }) => this.#texts.get(keyOf(text)));
    const missing = questions.filter((_, i) => texts[i] === undefined);
    if (missing.length > 0) {
      const { length: count } = missing;
      const { text: question } = missing[0];
      throw new XqgError('XQG_EXPANSION_MISSING', { file: this.#file, count, question });
    }
    return questions.map(({ lang }, i) => ({ text: texts[i]!.text, lang: texts[i]!.lang ?? lang }));
  }
}

function keyOf(question: string): string {
  return question.normalize('NFC').trim();
}

function parseRow(line: string, file: string, number: number) {
  const broken = (reason: string) =>
    new XqgError('XQG_EXPANSION_ROW', { file, line: formatCount(number), reason });
  const { question, text, lang = null } = parseJsonObject(line, broken);
  if (typeof question !== 'string' || question.trim() === '') throw broken('no "question"');
  if (typeof text !== 'string') throw broken('no "text"');
  if (lang !== null && typeof lang !== 'string') throw broken('"lang" is no language code');
  return { question, text, lang };
}
