/** Files of a model folder: read as JSON, found by dtype, hashed. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { XqgError } from '../base/errors.js';
import { sha256, sha256OfFiles } from '../base/identity.js';

/**
 * A JSON file of the model, or null where it has none.
 * @throws XqgError XQG_MODEL_DAMAGED
 */
export function modelJson(folder: string, path: string): Record<string, unknown> | null {
  const file = join(folder, path);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new XqgError('XQG_MODEL_DAMAGED', { file, reason }, { cause });
  }
}

/** @throws XqgError XQG_MODEL_INCOMPLETE */
export function requireFile(folder: string, path: string): string {
  const file = join(folder, path);
  if (!existsSync(file)) throw incomplete(folder, path);
  return file;
}

/** The vocabulary of xqg's own tokenizer, which is used where a folder has one. */
const VOCABULARY = 'vocabulary.safetensors';

/**
 * What the tokenizer of a model is made from.
 * @throws XqgError XQG_MODEL_INCOMPLETE
 */
export function tokenizerFile(folder: string): string {
  const own = join(folder, VOCABULARY);
  return existsSync(own) ? own : requireFile(folder, 'tokenizer.json');
}

/** True for a file that xqg tokenizes with by itself, without the package `tokenizers`. */
export function isVocabulary(file: string): boolean {
  return basename(file) === VOCABULARY;
}

/** The graphs of a folder, below onnx/ and beside config.json, as paths relative to it. */
export function graphsOf(folder: string): string[] {
  return ['onnx', '.'].flatMap((below) => {
    const at = join(folder, below);
    if (!existsSync(at)) return [];
    return readdirSync(at)
      .filter((name) => name.endsWith('.onnx'))
      .sort()
      .map((name) => (below === '.' ? name : `${below}/${name}`));
  });
}

export function incomplete(folder: string, missing: string): XqgError {
  const there = graphsOf(folder).join(', ') || 'none';
  return new XqgError('XQG_MODEL_INCOMPLETE', { folder, missing, there });
}

/** What a manifest states of a file. */
interface FileFacts {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * The files that the manifest of a shipped model lists, by their paths in the folder; null for a
 * model without one.
 * @throws XqgError XQG_MODEL_DAMAGED
 */
export function manifestFiles(folder: string): ReadonlyMap<string, FileFacts> | null {
  const manifest = modelJson(folder, 'manifest.json');
  if (manifest === null) return null;
  return new Map(Object.entries((manifest.files ?? {}) as Record<string, FileFacts>));
}

/**
 * sha256 (hex) over files and, after each, the external weights that lie beside it. Where the
 * model's manifest states their digests it is one over those, and only their sizes are compared:
 * reading all weights would take as long as opening the model.
 * @param folder of the model
 * @throws XqgError XQG_MODEL_DAMAGED for a file of another size
 */
export async function hashFiles(folder: string, files: readonly string[]): Promise<string> {
  const withWeights = files.flatMap((file) => {
    const name = basename(file);
    const external = readdirSync(dirname(file))
      .filter((other) => other.startsWith(`${name}_data`) || other === `${name}.data`)
      .sort()
      .map((other) => join(dirname(file), other));
    return [file, ...external];
  });
  const stated = manifestFiles(folder);
  if (stated === null) return sha256OfFiles(...withWeights);
  const digests = withWeights.map((file) => {
    const path = relative(folder, file).replaceAll('\\', '/');
    const facts = stated.get(path);
    const { size } = statSync(file);
    if (size !== facts?.bytes) {
      const reason = `it has ${size} bytes, manifest.json states ${facts?.bytes ?? 'none'}`;
      throw new XqgError('XQG_MODEL_DAMAGED', { file, reason });
    }
    return `${path} ${facts.sha256}`;
  });
  return sha256(digests.join('\n'));
}

/**
 * Reads every file that the manifest of a shipped model lists.
 * @throws XqgError XQG_MODEL_INCOMPLETE, XQG_MODEL_DAMAGED
 */
export async function verifyFiles(folder: string): Promise<void> {
  for (const [path, facts] of manifestFiles(folder) ?? []) {
    const file = requireFile(folder, path);
    if ((await sha256OfFiles(file)) === facts.sha256) continue;
    throw new XqgError('XQG_MODEL_DAMAGED', { file, reason: 'its sha256 is another' });
  }
}
