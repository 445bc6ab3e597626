/**
 * Where models lie on this machine, and which folder a name means. Offline: looks at the disk only.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XqgError } from '../base/errors.js';

/** The spec of the neural encoder that ships with xqg. */
export const SHIPPED_ENCODER = 'e5';

export interface FoundModel {
  /** Name on the hub, or that of the folder. */
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
}

/** The cache of xqg: $XQG_CACHE, else a folder in the user's cache folder. */
export function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return resolve(process.env.XQG_CACHE || join(cache, 'xqg'));
}

/** Where `xqg models get` puts models: $XQG_MODELS, else below the cache. */
export function modelsFolder(): string {
  return resolve(process.env.XQG_MODELS || join(cacheFolder(), 'models'));
}

/** True for a spec that names a model on this machine: `e5`, `hf:NAME`, or a path with a slash. */
export function namesModel(spec: string): boolean {
  return spec === SHIPPED_ENCODER || spec.startsWith('hf:') || namesFolder(spec);
}

/**
 * The folder of a model named `e5` or `hf:NAME`, or by its path.
 * @throws XqgError XQG_MODEL_MISSING with every folder that was tried
 */
export function findModel(spec: string): FoundModel {
  if (spec === SHIPPED_ENCODER) return shippedModel();
  const name = spec.startsWith('hf:') ? spec.slice(3) : null;
  // It becomes part of a path.
  if (name !== null && !isHubName(name))
    throw new XqgError('XQG_MODEL_MISSING', {
      model: spec,
      places: 'nowhere, since that is no name on the hub',
      remedy: 'Name it as the hub does: hf:OWNER/NAME',
    });
  const places = name === null ? [resolve(spec)] : placesOf(name);
  for (const folder of places) {
    if (!existsSync(join(folder, 'config.json')) || !statSync(folder).isDirectory()) continue;
    return { name: name ?? folder.split(/[\\/]/).at(-1)!, folder };
  }
  const remedy =
    name === null
      ? 'Check the path: a model folder holds config.json, tokenizer.json and onnx/'
      : `xqg models get ${spec}`;
  throw new XqgError('XQG_MODEL_MISSING', { model: spec, places: places.join(', '), remedy });
}

/** True for OWNER/NAME or NAME, as the hub allows them. */
export function isHubName(name: string): boolean {
  return /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/.test(name);
}

/** Folder of the models that ship with xqg: the same place in a clone and in the package. */
const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');

/**
 * The sentence encoder that ships with xqg.
 * @throws XqgError XQG_MODEL_MISSING
 */
export function shippedModel(): FoundModel {
  return findModel(join(SHIPPED, 'multilingual-e5-small'));
}

/** Every folder in which a model of the hub may be, in the order in which they are tried. */
function placesOf(name: string): string[] {
  const short = name.split('/').at(-1)!;
  return [...new Set([join(modelsFolder(), name), join(modelsFolder(), short), hubSnapshot(name)])];
}

/** The snapshot of the branch `main` in the cache of the Hugging Face tools. */
function hubSnapshot(name: string): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  const folder = join(HF_HUB_CACHE || join(home, 'hub'), `models--${name.replaceAll('/', '--')}`);
  try {
    return join(folder, 'snapshots', readFileSync(join(folder, 'refs', 'main'), 'utf8').trim());
  } catch {
    return folder;
  }
}

/** True for the path of a model's folder. */
export function namesFolder(spec: string): boolean {
  return isAbsolute(spec) || /^\.{0,2}[\\/]|^[^:]*[\\/]|^\.{1,2}$/.test(spec);
}
