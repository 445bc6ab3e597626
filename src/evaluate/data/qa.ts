/**
 * Question-answer files in JSON lines as retrieval sets, for tuning in languages that MLQA-R lacks.
 * Rows with a `context` ask for it among the distinct contexts of the file; rows with an `id`
 * shared by languages ask for the answer of another language.
 */
import { basename } from 'node:path';
import type { Collection, EvaluationPassage, LanguagePart } from './collection.js';
import { sourceOf } from './data-folder.js';
import { lineError, readJsonRows } from './lines.js';

interface GrowingPart extends LanguagePart {
  readonly passages: EvaluationPassage[];
  readonly questions: Map<string, string>;
  readonly qrels: Map<string, Map<string, number>>;
  readonly idOfContext: Map<string, string>;
  readonly idOfQuestion: Map<string, string>;
}

/**
 * Reads `{lang, context, question, answer}` rows (monolingual) or `{id, lang, question, answer}`
 * rows (parallel), gzipped or not. Rows whose answer is null have none and are left out; equal
 * questions are one question with several relevant passages.
 * @throws XqgError XQG_EVALUATION_LINE where a row lacks a field or a parallel id comes twice in a
 * language
 */
export async function loadQa(file: string): Promise<Collection> {
  const parts = new Map<string, GrowingPart>();
  for await (const { number, row } of readJsonRows(file)) {
    if (row.answer === null) continue;
    const text = (field: string) => {
      const value = row[field];
      if (typeof value === 'string' && value !== '') return value;
      throw lineError(
        file,
        number,
        `no text in "${field}"`,
        'Rows are {lang, context, question, answer}.',
      );
    };
    const lang = text('lang');
    const part = parts.get(lang) ?? emptyPart();
    parts.set(lang, part);
    if (row.context !== undefined) {
      addMonolingual(part, lang, text('context'), text('question'));
      continue;
    }
    const id = text('id');
    if (part.questions.has(id))
      throw lineError(file, number, `id "${id}" comes twice in ${lang}`, 'Remove one.');
    part.passages.push({ id, title: '', text: text('answer'), lang });
    part.questions.set(id, text('question'));
    part.qrels.set(id, new Map([[id, 1]]));
  }
  const name = basename(file).replace(/\.jsonl(\.gz)?$/, '');
  return {
    name: `qa/${name}`,
    parts,
    groups: new Map(),
    sources: [await sourceOf(file)],
    notes: [],
  };
}

function addMonolingual(part: GrowingPart, lang: string, context: string, question: string): void {
  let passageId = part.idOfContext.get(context);
  if (passageId === undefined) {
    passageId = `p${part.passages.length}`;
    part.idOfContext.set(context, passageId);
    part.passages.push({ id: passageId, title: '', text: context, lang });
  }
  const queryId = part.idOfQuestion.get(question) ?? `q${part.questions.size}`;
  part.idOfQuestion.set(question, queryId);
  part.questions.set(queryId, question);
  part.qrels.set(queryId, (part.qrels.get(queryId) ?? new Map<string, number>()).set(passageId, 1));
}

function emptyPart(): GrowingPart {
  return {
    passages: [],
    questions: new Map(),
    qrels: new Map(),
    idOfContext: new Map(),
    idOfQuestion: new Map(),
  };
}
