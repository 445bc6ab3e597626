/**
 * Where data of an evaluation is, and what to do where it is not: everything that is missing is
 * named at once, before anything runs.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { CARDS } from './cards.js';

/** A data set that something needs. */
export interface NeededData {
  /** As `xqg data list` names it, or `beir`. */
  readonly set: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * The path itself where it exists; else, of a path that leads through a folder `shared`, the place
 * under $XQG_SHARED.
 * @param path absolute
 */
export function dataPath(path: string): string {
  const { XQG_SHARED: root } = process.env;
  if (!root || existsSync(path)) return path;
  const within = path.split(`${sep}shared${sep}`).at(-1)!;
  const other = join(root, within);
  return within !== path && existsSync(other) ? other : path;
}

/** The folder of evaluation data where none is named. */
export function defaultDataFolder(): string {
  return join(process.env.XQG_SHARED || join('..', 'shared'), 'data', 'eval');
}

/** @throws XqgError XQG_EVALUATION_MISSING naming all that are not there */
export function checkPresent(needed: readonly NeededData[]): void {
  const missing = needed.filter(
    ({ path }, i) => !existsSync(path) && needed.findIndex((each) => each.path === path) === i,
  );
  if (missing.length === 0) return;
  const list = missing.map(({ set, path }) => `${set} in ${path}`).join('; ');
  throw new XqgError('XQG_EVALUATION_MISSING', { list, remedy: remedyOf(missing) });
}

/** How to get data that is missing, as sentences. */
export function remedyOf(missing: readonly NeededData[]): string {
  const commands = new Map<string, string[]>();
  const elsewhere: string[] = [];
  for (const { set, path } of missing) {
    if (!CARDS.some(({ name }) => name === set)) continue;
    // Below its data folder a set has a folder of its name.
    const isPlace = basename(path) === set;
    const folder = isPlace ? dirname(path) : 'data';
    if (!isPlace) elsewhere.push(`${folder}/${set}`);
    const names = commands.get(folder) ?? [];
    commands.set(folder, [...names, ...(names.includes(set) ? [] : [set])]);
  }
  const gets = [...commands].map(([dir, names]) => `xqg data get ${names.join(' ')} --dir ${dir}`);
  const named = elsewhere.length === 0 ? '' : ` (and name ${elsewhere.join(', ')} as its path)`;
  const shared =
    'set XQG_SHARED to the folder whose data/eval has them, or name the folder where they are';
  return gets.length === 0
    ? `Check the path, or ${shared}.`
    : `${gets.join('; ')}${named}, or ${shared}.`;
}
