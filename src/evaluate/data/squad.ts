/** Reads SQuAD JSON, with the `sentence_breaks` of LAReQA's sets. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { sha256 } from '../../base/identity.js';
import type { Judgments } from '../measures/metrics.js';
import type { DataSource, EvaluationPassage, LanguagePart } from './collection.js';
import { unreadable } from './lines.js';

const offset = z.int().nonnegative();

const squad = z.object({
  data: z.array(
    z.object({
      title: z.string().default(''),
      paragraphs: z.array(
        z.object({
          context: z.string(),
          qas: z.array(
            z.object({
              id: z.string(),
              question: z.string(),
              answers: z.array(z.object({ text: z.string(), answer_start: offset })).default([]),
            }),
          ),
          /** Offsets of each sentence in the context, its end exclusive. */
          sentence_breaks: z.array(z.tuple([offset, offset])).optional(),
        }),
      ),
    }),
  ),
});

export type SquadArticle = z.infer<typeof squad>['data'][number];
export type SquadParagraph = SquadArticle['paragraphs'][number];

/**
 * Reads a SQuAD JSON file.
 * @throws XqgError XQG_EVALUATION_FILE with the path inside the JSON of what is wrong
 */
export async function readSquad(
  file: string,
): Promise<{ articles: SquadArticle[]; source: DataSource }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  const source = { file: basename(file), sha256: sha256(bytes) };
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw damaged(file, `it is not JSON (${(error as Error).message})`);
  }
  const parsed = squad.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw damaged(file, `it is not SQuAD JSON (at ${path.join('.') || 'the top'}: ${message})`);
  }
  return { articles: parsed.data.data, source };
}

/** The error of a SQuAD file that is truncated or another one than it should be. */
export function damaged(file: string, reason: string): XqgError {
  const remedy =
    'Download the file anew; its shape is {"data": [{"paragraphs": [{"context", "qas": [{"id", "question"}]}]}]}.';
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy });
}

export interface LanguageFilesOptions {
  /** For errors. */
  readonly dataset: string;
  readonly directory: string;
  /** What stands around the language in a file's name, e.g. `xquad.` and `.json`. */
  readonly prefix: string;
  readonly suffix: string;
  /** Default: every language that has a file. */
  readonly langs: readonly string[] | undefined;
  /** Wanted in any case. */
  readonly required?: readonly string[];
}

/**
 * The file of each wanted language, English first, then by code.
 * @throws XqgError XQG_EVALUATION_DATA where a language has none or there is none at all,
 * XQG_EVALUATION_FILE where the folder cannot be read
 */
export async function languageFiles(options: LanguageFilesOptions): Promise<Map<string, string>> {
  const { dataset, directory, prefix, suffix, langs, required = [] } = options;
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    throw unreadable(directory, error);
  }
  const present = names
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => name.slice(prefix.length, -suffix.length))
    .filter((lang) => /^[a-z]{2,3}$/.test(lang))
    .sort();
  const wanted = [...new Set([...required, ...(langs ?? present)])];
  const missing = wanted.filter((lang) => !present.includes(lang));
  if (missing.length > 0 || wanted.length === 0) {
    const reason =
      missing.length > 0 ? `no file for ${missing.join(', ')}` : `no file ${prefix}<lang>${suffix}`;
    const remedy = `It has ${present.join(', ') || 'none'}: give others with --langs, or another folder with --data.`;
    throw new XqgError('XQG_EVALUATION_DATA', { dataset, directory, reason, remedy });
  }
  wanted.sort((a, b) => Number(b === 'en') - Number(a === 'en') || (a < b ? -1 : 1));
  return new Map(wanted.map((lang) => [lang, join(directory, `${prefix}${lang}${suffix}`)]));
}

/** What one passage is. */
export type PassageUnit = 'paragraph' | 'sentence';

/**
 * Paragraphs get ids by their place in the file (`p0000`, ...) and sentences by their place in the
 * paragraph (`p0000s00`, ...), so files with parallel paragraphs have parallel ids. A question's
 * passage is its paragraph, or the sentence in which its answer starts. Titles are left out: in
 * XQuAD they are English in every language. Throws XQG_EVALUATION_FILE where a question id or a
 * paragraph comes twice, or sentences or answers do not fit the text.
 *
 * @param file names the place in errors
 */
export function partOfSquad(
  articles: readonly SquadArticle[],
  lang: string,
  file: string,
  unit: PassageUnit = 'paragraph',
): LanguagePart {
  const passages: EvaluationPassage[] = [];
  const questions = new Map<string, string>();
  const qrels = new Map<string, Judgments>();
  const texts = new Map<string, string>();
  for (const paragraph of articles.flatMap(({ paragraphs }) => paragraphs)) {
    const { context, qas } = paragraph;
    const id = `p${String(texts.size).padStart(4, '0')}`;
    const twin = texts.get(context);
    if (twin !== undefined)
      throw damaged(file, `paragraphs ${twin} and ${id} (counted from 0) are the same`);
    texts.set(context, id);
    const cut = unit === 'paragraph' ? null : sentencesOf(paragraph, id, file);
    if (cut === null) passages.push({ id, title: '', text: context, lang });
    else
      cut.forEach(([from, to], s) => {
        passages.push({ id: sentenceId(id, s), title: '', text: context.slice(from, to), lang });
      });
    for (const qa of qas) {
      if (questions.has(qa.id)) throw damaged(file, `question id "${qa.id}" comes twice`);
      questions.set(qa.id, qa.question);
      const relevant =
        cut === null
          ? [id]
          : answerSentences(qa, paragraph, cut, file).map((s) => sentenceId(id, s));
      qrels.set(qa.id, new Map(relevant.map((passage) => [passage, 1])));
    }
  }
  return { passages, questions, qrels };
}

/** The article of every question, as `Collection.groups` wants it. */
export function articleGroups(articles: readonly SquadArticle[]): Map<string, string> {
  return new Map(
    articles.flatMap(({ title, paragraphs }) =>
      paragraphs.flatMap(({ qas }) => qas.map(({ id }): [string, string] => [id, title])),
    ),
  );
}

function sentenceId(paragraph: string, sentence: number): string {
  return `${paragraph}s${String(sentence).padStart(2, '0')}`;
}

function sentencesOf(
  paragraph: SquadParagraph,
  id: string,
  file: string,
): readonly [number, number][] {
  const { context, sentence_breaks: breaks } = paragraph;
  const where = `paragraph ${id} (counted from 0)`;
  if (breaks === undefined) throw damaged(file, `${where} has no "sentence_breaks"`);
  let end = 0;
  for (const [from, to] of breaks) {
    if (from < end || to <= from || to > context.length)
      throw damaged(
        file,
        `${where}: the sentence from ${from} to ${to} does not fit its ${context.length} characters`,
      );
    end = to;
  }
  return breaks;
}

/** The sentences in which the answers of a question start. */
function answerSentences(
  { id, answers }: SquadParagraph['qas'][number],
  { context }: SquadParagraph,
  breaks: readonly [number, number][],
  file: string,
): number[] {
  if (answers.length === 0) throw damaged(file, `question "${id}" has no answer`);
  const found = answers.map(({ text, answer_start: start }) => {
    if (!context.startsWith(text, start))
      throw damaged(file, `the answer of question "${id}" does not stand at character ${start}`);
    const sentence = breaks.findIndex(([from, to]) => from <= start && start < to);
    if (sentence < 0)
      throw damaged(file, `the answer of question "${id}" at ${start} is in no sentence`);
    return sentence;
  });
  return [...new Set(found)];
}

/**
 * Throws XQG_EVALUATION_DATA where a language has other questions than the first one, or asks them
 * of other paragraphs.
 *
 * @param paragraphOf the paragraph of a passage, by its id
 */
export function checkParallel(
  dataset: string,
  directory: string,
  parts: ReadonlyMap<string, LanguagePart>,
  paragraphOf: (passageId: string) => string,
): void {
  const [[firstLang, first], ...others] = parts;
  const paragraphsOf = ({ passages }: LanguagePart) =>
    new Set(passages.map(({ id }) => paragraphOf(id))).size;
  const asked = (part: LanguagePart, question: string) => {
    const [passage] = part.qrels.get(question)?.keys() ?? [];
    return passage === undefined ? undefined : paragraphOf(passage);
  };
  for (const [lang, part] of others) {
    const differ = (reason: string) =>
      new XqgError('XQG_EVALUATION_DATA', {
        dataset,
        directory,
        reason: `${lang} and ${firstLang} differ: ${reason}`,
        remedy: 'Take both files from the same release.',
      });
    const paragraphs = [paragraphsOf(part), paragraphsOf(first)];
    if (paragraphs[0] !== paragraphs[1])
      throw differ(`${paragraphs[0]} paragraphs against ${paragraphs[1]}`);
    if (part.questions.size !== first.questions.size)
      throw differ(`${part.questions.size} questions against ${first.questions.size}`);
    for (const id of first.questions.keys()) {
      if (asked(part, id) !== asked(first, id))
        throw differ(`question "${id}" is missing or asks another paragraph`);
    }
  }
}

/**
 * Throws XQG_EVALUATION_DATA where `wanted` has a language that is not present, or nothing is
 * present.
 *
 * @param wanted undefined: whatever is present
 */
export function requireLanguages(
  dataset: string,
  directory: string,
  wanted: readonly string[] | undefined,
  present: readonly string[],
): void {
  const missing = (wanted ?? []).filter((lang) => !present.includes(lang));
  if (missing.length === 0 && present.length > 0) return;
  throw new XqgError('XQG_EVALUATION_DATA', {
    dataset,
    directory,
    reason: missing.length > 0 ? `it has nothing in ${missing.join(', ')}` : 'it has no language',
    remedy: `It has ${present.join(', ') || 'none'}: ask for those, or put the published files there (xqg data get).`,
  });
}
