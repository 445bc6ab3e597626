/**
 * The list of files that a `file:` encoder reads: which hold passages, questions and generated queries, and where their ids
 * are. Knows no vectors.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileError } from './matrix-file.js';

const language = z.string().regex(/^[a-z]{2,3}$/, 'is not a language code');

const vectors = z.strictObject({
  /** .npy, .safetensors or .pkl, relative to the manifest. */
  vectors: z.string().min(1),
  /** Text with one id a line, relative to the manifest; a pickle holds its own. */
  ids: z.string().min(1).optional(),
  /** Which tensor of a safetensors file, if it holds several matrices. */
  tensor: z.string().optional(),
  /** The language of all rows, where other languages have the same ids. */
  lang: language.optional(),
});

const generated = vectors.extend({
  /** With `lang`: the rows are query `index` (from 0) of each passage in `lang`, and the ids are those of passages. */
  index: z.int().nonnegative().optional(),
});

const manifest = z
  .strictObject({
    /** What made the vectors, e.g. the name of a model. */
    name: z.string().min(1),
    passages: z.array(vectors).default([]),
    questions: z.array(vectors).default([]),
    generated: z.array(generated).default([]),
  })
  .refine(
    ({ generated: files }) => files.every(({ index, lang }) => index === undefined || lang !== undefined),
    { error: 'an "index" needs a "lang"', path: ['generated'] },
  );

export type Manifest = z.output<typeof manifest>;
export type VectorsEntry = z.output<typeof generated>;

/** Reads a manifest. Throws XQG_VECTOR_FILE naming every key that is wrong. */
export async function readManifest(path: string): Promise<Manifest> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fileError(path, code === 'ENOENT' ? 'there is no such file' : message);
  }
  const parsed = manifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: at, message }) => `${at.join('.') || 'the top'}: ${message}`,
  );
  throw fileError(path, `it is no list of vector files (${problems.join('; ')})`);
}
