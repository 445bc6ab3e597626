/**
 * Reads question-answer pairs in JSON lines as retrieval data, for tuning in languages that MLQA-R
 * lacks. For rows with a `context`, the relevant passage is that context among all distinct
 * contexts of the file; for rows with an `id` common to several languages, it is the answer of that
 * id.
 */
import { basename } from 'node:path';
import type { Collection, EvaluationPassage, LanguagePart } from './collection.js';
import { sourceOf } from './data-folder.js';
import { lineError, readJsonRows } from './lines.js';

interface PartBuilder extends LanguagePart {
  readonly passages: EvaluationPassage[];
  readonly questions: Map<string, string>;
  readonly qrels: Map<string, Map<string, number>>;
  readonly idOfContext: Map<string, string>;
  readonly idOfQuestion: Map<string, string>;
}

/**
 * Reads `{lang, context, question, answer}` rows (monolingual) or `{id, lang, question, answer}`
 * rows (parallel), plain or gzipped. Rows whose answer is null are skipped; equal questions become
 * one question with several relevant passages.
 * @throws XqgError XQG_EVALUATION_LINE when a row lacks a field or a parallel id is repeated in a
 * language
 */
export async function loadQa(file: string): Promise<Collection> {
  const parts = new Map<string, PartBuilder>();
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
      throw lineError(file, number, `id "${id}" is repeated in ${lang}`, 'Remove one.');
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

function addMonolingual(part: PartBuilder, lang: string, context: string, question: string): void {
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

function emptyPart(): PartBuilder {
  return {
    passages: [],
    questions: new Map(),
    qrels: new Map(),
    idOfContext: new Map(),
    idOfQuestion: new Map(),
  };
}
