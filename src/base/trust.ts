/**
 * What this user allows an index, or a job of a queue, to name: addresses that get questions and
 * secrets, and files outside its folder. Both may come from a stranger, so that nothing in them
 * decides it. A user allows something by naming it in an option, in `XQG_TRUST`, or in the file
 * `trusted` of the configuration folder, which gains a line when an index is made with an address.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { replaceAtomically } from './atomic-write.js';
import { XqgError } from './errors.js';

/** Variable of an endpoint's key, where none is named. */
export const DEFAULT_KEY_VARIABLE = 'OPENAI_API_KEY';

/** Entries of `XQG_TRUST` that are shown in a refusal. */
const SHOWN = 5;

/** The configuration of xqg: $XQG_CONFIG, else a folder in the user's configuration folder. */
function configFolder(): string {
  const config = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return resolve(process.env.XQG_CONFIG || join(config, 'xqg'));
}

/** One entry a line; lines that begin with # are remarks. */
export function trustFile(): string {
  return join(configFolder(), 'trusted');
}

/** What may be sent where: an address with the variable of the key that goes there. */
export function endpointEntry(url: string, keyVariable: string): string {
  return `${plainUrl(url)} ${keyVariable}`;
}

/**
 * An entry as it is compared: the variable of an endpoint's key is filled in, and addresses have
 * one spelling.
 */
export function trustEntry(text: string): string {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed)) return trimmed;
  const [url, keyVariable = DEFAULT_KEY_VARIABLE] = trimmed.split(/\s+/);
  return endpointEntry(url, keyVariable);
}

/** Allows entries for this process and those that it starts. */
export function allowHere(entries: readonly string[]): void {
  const all = new Set([...entriesOfEnvironment(), ...entries]);
  if (all.size > 0) process.env.XQG_TRUST = JSON.stringify([...all]);
}

/**
 * Allows entries for good. Where the file cannot be written, a warning says so, since nothing else
 * depends on it.
 */
export async function rememberTrust(entries: readonly string[]): Promise<void> {
  allowHere(entries);
  const known = new Set(await entriesOfFile());
  const added = entries.filter((entry) => !known.has(entry));
  if (added.length === 0) return;
  const file = trustFile();
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // One write at the end of the file: two processes at once lose no line.
    await appendFile(file, added.map((entry) => `${entry}\n`).join(''), { mode: 0o600 });
  } catch (cause) {
    const { message, remedy } = new XqgError('XQG_TRUST_UNWRITTEN', {
      file,
      entries: added.join(', '),
      reason: (cause as Error).message,
    });
    process.emitWarning(message, {
      type: 'XqgWarning',
      code: 'XQG_TRUST_UNWRITTEN',
      detail: remedy,
    });
  }
}

/** @returns how many lines were removed */
export async function forgetTrust(entries: readonly string[]): Promise<number> {
  const text = await textOfFile();
  const lines = text.split('\n');
  const left = lines.filter((line) => !entries.includes(trustEntry(line)));
  if (left.length < lines.length) {
    const { writeFile } = await import('node:fs/promises');
    await replaceAtomically(trustFile(), (temporary) =>
      writeFile(temporary, left.join('\n'), { mode: 0o600 }),
    );
  }
  return lines.length - left.length;
}

/** All that this user allows. */
export async function trustedEntries(): Promise<string[]> {
  return [...new Set([...entriesOfEnvironment(), ...(await entriesOfFile())])];
}

export interface TrustRequest {
  /** Everything that has to be allowed. */
  readonly entries: readonly string[];
  /** Who names it: "The index in DIR". */
  readonly who: string;
  /** What it is named for: "the endpoint of its encoder". */
  readonly what: string;
  /** The option by which a user names it for one command. Default: the variable `XQG_TRUST`. */
  readonly option?: string;
}

/** @throws XqgError XQG_NOT_TRUSTED with both sides and what allows it */
export async function requireTrust({ entries, who, what, option }: TrustRequest): Promise<void> {
  const trusted = await trustedEntries();
  const missing = entries.find((entry) => !trusted.includes(entry));
  if (missing === undefined) return;
  const [address, variable] = missing.split(' ');
  const isEndpoint = /^https?:/.test(address) && variable !== undefined;
  const shown = trusted.slice(0, SHOWN).join(', ') + (trusted.length > SHOWN ? ', ...' : '');
  throw new XqgError('XQG_NOT_TRUSTED', {
    who,
    what,
    named: isEndpoint ? `${address} with the key in ${variable}` : missing,
    allowed: shown || 'nothing',
    option: option ?? `XQG_TRUST=${quoted(missing)}`,
    command: isEndpoint
      ? `xqg trust ${quoted(address)} --key-variable ${quoted(variable)}`
      : `xqg trust ${quoted(missing)}`,
  });
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON, as `allowHere` writes it, or entries separated by commas. */
function entriesOfEnvironment(): string[] {
  const entries: string[] = [];
  const text = process.env.XQG_TRUST ?? '';
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) entries.push(...list.map(String));
  } catch {
    entries.push(...text.split(','));
  }
  // Who sets the address of an endpoint means the key beside it.
  const { OPENAI_BASE_URL } = process.env;
  if (OPENAI_BASE_URL) entries.push(endpointEntry(OPENAI_BASE_URL, DEFAULT_KEY_VARIABLE));
  return entries.map(trustEntry).filter((entry) => entry !== '');
}

async function entriesOfFile(): Promise<string[]> {
  return (await textOfFile())
    .split('\n')
    .map(trustEntry)
    .filter((entry) => entry !== '' && !entry.startsWith('#'));
}

async function textOfFile(): Promise<string> {
  try {
    return await readFile(trustFile(), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    const reason = (cause as Error).message;
    throw new XqgError('XQG_TRUST_UNREADABLE', { file: trustFile(), reason }, { cause });
  }
}

/** One spelling of an address, without slashes at its end. */
function plainUrl(url: string): string {
  try {
    return new URL(url).href.replace(/\/+$/, '');
  } catch {
    return url.replace(/\/+$/, '');
  }
}
