/** Reads SQuAD JSON, with the `sentence_breaks` of LAReQA's sets. Knows no data set. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../errors/error.js';
import { unreadable } from '../lines.js';
import type { DataSource } from './collection.js';

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

/** Reads a SQuAD JSON file. Throws XQG_EVALUATION_FILE with the path inside the JSON of what is wrong. */
export async function readSquad(file: string): Promise<{ articles: SquadArticle[]; source: DataSource }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  const source = { file: basename(file), sha256: createHash('sha256').update(bytes).digest('hex') };
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
 * The file of each wanted language, English first, then by code. Throws XQG_EVALUATION_DATA where a language has none or
 * there is none at all, XQG_EVALUATION_FILE where the folder cannot be read.
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
