/** Files of a model folder: read as JSON, found by dtype, hashed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { XqgError } from '../base/errors.js';
import { sha256OfFiles } from '../base/identity.js';

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

/** sha256 (hex) over files and, after each, the external weights that lie beside it. */
export function hashFiles(files: readonly string[]): Promise<string> {
  const withWeights = files.flatMap((file) => {
    const name = basename(file);
    const external = readdirSync(dirname(file))
      .filter((other) => other.startsWith(`${name}_data`) || other === `${name}.data`)
      .sort()
      .map((other) => join(dirname(file), other));
    return [file, ...external];
  });
  return sha256OfFiles(...withWeights);
}
