/** Reads the files of data sets, with their sha256. Knows no data set. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../errors/error.js';
import { unreadable } from '../lines.js';
import type { DataSource } from './collection.js';

/** The sha256 (hex) of a file of any size. Throws XQG_EVALUATION_FILE where it cannot be read. */
export async function sourceOf(file: string): Promise<DataSource> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  } catch (error) {
    throw unreadable(file, error);
  }
  return { file: basename(file), sha256: hash.digest('hex') };
}

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
              answers: z
                .array(z.object({ text: z.string(), answer_start: z.int().nonnegative() }))
                .default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

export type SquadArticle = z.infer<typeof squad>['data'][number];

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
    throw notSquad(file, `it is not JSON (${(error as Error).message})`);
  }
  const parsed = squad.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw notSquad(file, `it is not SQuAD JSON (at ${path.join('.') || 'the top'}: ${message})`);
  }
  return { articles: parsed.data.data, source };
}

function notSquad(file: string, reason: string): XqgError {
  const remedy =
    'Download the file anew; its shape is {"data": [{"paragraphs": [{"context", "qas": [{"id", "question"}]}]}]}.';
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy });
}
