/** Reads SQuAD JSON, with the `sentence_breaks` of LAReQA's sets. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { sha256 } from '../../base/identity.js';
import { readChunks } from '../../base/text-file.js';
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
          /** Start and end offset of each sentence in the context; the end is exclusive. */
          sentence_breaks: z.array(z.tuple([offset, offset])).optional(),
        }),
      ),
    }),
  ),
});

export type SquadArticle = z.infer<typeof squad>['data'][number];
type SquadParagraph = SquadArticle['paragraphs'][number];

/**
 * Reads a SQuAD JSON file.
 * @throws XqgError XQG_EVALUATION_FILE when it cannot be read or is not SQuAD JSON
 */
export async function readSquad(
  file: string,
): Promise<{ articles: SquadArticle[]; source: DataSource }> {
  let bytes: Buffer;
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of readChunks(file, 2 ** 20)) chunks.push(chunk);
    bytes = Buffer.concat(chunks);
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

/** The error of a SQuAD file that is truncated or otherwise invalid. */
function damaged(file: string, reason: string): XqgError {
  const remedy =
    'Download the file again; its format is {"data": [{"paragraphs": [{"context", "qas": [{"id", "question"}]}]}]}.';
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy });
}

export interface LanguageFilesOptions {
  /** Name of the data set, for errors. */
  readonly dataset: string;
  readonly directory: string;
  /** Parts of a file's name before and after the language, such as `xquad.` and `.json`. */
  readonly prefix: string;
  readonly suffix: string;
  /** Undefined for all languages that have a file. */
  readonly langs: readonly string[] | undefined;
  /** Languages that are always needed. */
  readonly required?: readonly string[];
}

/**
 * The files by language, English first, the others by code.
 * @throws XqgError XQG_EVALUATION_DATA when a language has no file or there is none at all
 * @throws XqgError XQG_EVALUATION_FILE when the folder cannot be read
 */
export async function languageFiles(options: LanguageFilesOptions): Promise<Map<string, string>> {
  const { dataset, directory, prefix, suffix, langs, required = [] } = options;
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    throw unreadable(directory, error);
  }
  const fileOf = new Map<string, string>();
  // Packed files first, so that plain ones take their place.
  for (const end of [`${suffix}.gz`, suffix])
    for (const name of names)
      if (name.startsWith(prefix) && name.endsWith(end))
        fileOf.set(name.slice(prefix.length, -end.length), name);
  const present = [...fileOf.keys()].filter((lang) => /^[a-z]{2,3}$/.test(lang)).sort();
  const selected = [...new Set([...required, ...(langs ?? present)])];
  const missing = selected.filter((lang) => !present.includes(lang));
  if (missing.length > 0 || selected.length === 0) {
    const reason =
      missing.length > 0 ? `no file for ${missing.join(', ')}` : `no file ${prefix}<lang>${suffix}`;
    const remedy = `It has ${present.join(', ') || 'none'}: select others with --langs, or another folder with --data.`;
    throw new XqgError('XQG_EVALUATION_DATA', { dataset, directory, reason, remedy });
  }
  selected.sort((a, b) => Number(b === 'en') - Number(a === 'en') || (a < b ? -1 : 1));
  return new Map(selected.map((lang) => [lang, join(directory, fileOf.get(lang)!)]));
}

/** What makes up a passage. */
export type PassageUnit = 'paragraph' | 'sentence';

/**
 * The passages, questions and judgments of a language. Paragraphs are numbered within the file
 * (`p0000`, ...) and sentences within the paragraph (`p0000s00`, ...), so that parallel files have
 * parallel ids. The relevant passage is the paragraph of the question, or the sentence in which its
 * answer starts. Titles are dropped, because in XQuAD they are English in every language.
 *
 * @param file path for error messages
 * @throws XqgError XQG_EVALUATION_FILE when a question id or a paragraph is repeated, or sentences
 * or answers contradict the text
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
    const duplicate = texts.get(context);
    if (duplicate !== undefined)
      throw damaged(file, `paragraphs ${duplicate} and ${id} (counted from 0) are the same`);
    texts.set(context, id);
    const sentences = unit === 'paragraph' ? null : sentencesOf(paragraph, id, file);
    if (sentences === null) passages.push({ id, title: '', text: context, lang });
    else
      sentences.forEach(([from, to], s) => {
        passages.push({ id: sentenceId(id, s), title: '', text: context.slice(from, to), lang });
      });
    for (const qa of qas) {
      if (questions.has(qa.id)) throw damaged(file, `question id "${qa.id}" is repeated`);
      questions.set(qa.id, qa.question);
      const relevant =
        sentences === null
          ? [id]
          : answerSentences(qa, paragraph, sentences, file).map((s) => sentenceId(id, s));
      qrels.set(qa.id, new Map(relevant.map((passage) => [passage, 1])));
    }
  }
  return { passages, questions, qrels };
}

/** The title of each question's article, by question id (see `Collection.groups`). */
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
  const sentences = answers.map(({ text, answer_start: start }) => {
    if (!context.startsWith(text, start))
      throw damaged(file, `the answer of question "${id}" is not at character ${start}`);
    const sentence = breaks.findIndex(([from, to]) => from <= start && start < to);
    if (sentence < 0)
      throw damaged(file, `the answer of question "${id}" at ${start} is in no sentence`);
    return sentence;
  });
  return [...new Set(sentences)];
}

/**
 * Checks that all languages have the same questions about the same paragraphs.
 *
 * @param paragraphOf the paragraph of a passage, by the passage's id
 * @throws XqgError XQG_EVALUATION_DATA when a language differs from the first one
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
  const paragraphAbout = (part: LanguagePart, question: string) => {
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
      throw differ(`${paragraphs[0]} paragraphs and ${paragraphs[1]}`);
    if (part.questions.size !== first.questions.size)
      throw differ(`${part.questions.size} questions and ${first.questions.size}`);
    for (const id of first.questions.keys()) {
      if (paragraphAbout(part, id) !== paragraphAbout(first, id))
        throw differ(`question "${id}" is missing or about another paragraph`);
    }
  }
}

/**
 * Checks that the selected languages are present.
 *
 * @param selected undefined for all languages that are present
 * @throws XqgError XQG_EVALUATION_DATA when a selected language is missing or none is present
 */
export function requireLanguages(
  dataset: string,
  directory: string,
  selected: readonly string[] | undefined,
  present: readonly string[],
): void {
  const missing = (selected ?? []).filter((lang) => !present.includes(lang));
  if (missing.length === 0 && present.length > 0) return;
  throw new XqgError('XQG_EVALUATION_DATA', {
    dataset,
    directory,
    reason: missing.length > 0 ? `it has nothing in ${missing.join(', ')}` : 'it has no language',
    remedy: `It has ${present.join(', ') || 'none'}: select these, or add the published files (xqg data get).`,
  });
}
