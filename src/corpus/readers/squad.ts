/**
 * SQuAD-style JSON (SQuAD, XQuAD, MLQA): every paragraph is one passage. Its questions are not
 * read. The file is parsed whole.
 */
import { XqgError } from '../../base/errors.js';
import { decodeWhole } from '../../base/text-file.js';
import type { SourceDocument } from '../passage.js';
import { byExtension, type CorpusReader } from '../reader.js';

const extensions = ['.json'];

/** In bytes. The longest string of V8 has 512 Mi characters. */
const LARGEST = 256 * 2 ** 20;

export const squadReader: CorpusReader = {
  name: 'SQuAD',
  extensions,
  matches: byExtension(...extensions),
  sniff: (head) => /"paragraphs"\s*:\s*\[/.test(head),
  async *read(file, { onSkip } = {}) {
    const fail = (reason: string, cause?: unknown): never => {
      throw new XqgError('XQG_CORPUS_SQUAD', { file: file.path, reason }, { cause });
    };
    const root = parse(await decodeWhole(file.path, undefined, undefined, LARGEST), fail);
    const articles = listOf(root, 'data', 'the file', fail);
    // Titles are not always unique, so paragraphs are counted per title and not per article.
    const counts = new Map<string, number>();
    for (const [a, article] of articles.entries()) {
      const { title = '' } = (article ?? {}) as { title?: unknown };
      if (typeof title !== 'string') fail(`data[${a}].title is not a string`);
      for (const [p, paragraph] of listOf(article, 'paragraphs', `data[${a}]`, fail).entries()) {
        const { context } = (paragraph ?? {}) as { context?: unknown };
        if (typeof context !== 'string')
          fail(`data[${a}].paragraphs[${p}].context is not a string`);
        const ordinal = counts.get(title as string) ?? 0;
        counts.set(title as string, ordinal + 1);
        if ((context as string).trim() === '') onSkip?.(file.path, 'empty');
        else
          yield documentOf(
            file.path,
            file.id,
            file.source,
            title as string,
            ordinal,
            context as string,
          );
      }
    }
    if (counts.size === 0) throw new XqgError('XQG_CORPUS_EMPTY', { file: file.path });
  },
};

/** The id contains the file, since the languages of a parallel collection share their titles. */
function documentOf(
  path: string,
  fileId: string,
  source: string,
  title: string,
  ordinal: number,
  text: string,
): SourceDocument {
  return {
    id: `${fileId}/${title}#${ordinal}`,
    source,
    path,
    // Wikipedia's underscores would join the words of the title to one.
    title: title.replaceAll('_', ' '),
    metadata: {},
    blocks: [{ headings: [], text }],
    whole: true,
  };
}

type Fail = (reason: string, cause?: unknown) => never;

function parse(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail((error as Error).message, error);
  }
}

function listOf(value: unknown, key: string, where: string, fail: Fail): readonly unknown[] {
  const list = (value as Record<string, unknown> | null)?.[key];
  return Array.isArray(list) ? list : fail(`${where} has no list "${key}"`);
}
