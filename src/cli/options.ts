/**
 * Options of commands: parsed by commander, checked by zod, every problem of one call listed at
 * once.
 */

import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import type { FileLimits } from '../corpus/isolation/limits.js';
import type { OpenEncoderOptions } from '../encode/open-encoder.js';
import { checkExpansionWeight, type ExpandOptions } from '../expand/apply.js';
import {
  declarationsIn,
  numberWithin,
  type OptionDeclaration,
  type OptionsIn,
  oneOf,
  type Place,
  wholeNumber,
} from '../search/options.js';
import type { CommandContext } from './command.js';

export { oneOf } from '../search/options.js';

/** A number of this schema, from the text of an option. */
export const fromText = (schema: z.ZodNumber) =>
  z.coerce.number({ error: 'is not a number' }).pipe(schema);

/** A whole number of at least `least`, from the text of an option. */
export const whole = (least: number) => fromText(wholeNumber(least));

/** A number within [least, most], from the text of an option. */
export const between = (least: number, most: number) => fromText(numberWithin(least, most));

/** "en,ar, de" -> ["en", "ar", "de"]. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A size in bytes: 512MB, 2GB, 1.5g; a bare number is megabytes. */
export const bytes = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([kmgt]i?b?)?$/i, 'is not a size such as 512MB or 2GB')
  .transform((text) => {
    const unit = /[kmgt]/i.exec(text)?.[0].toLowerCase() ?? 'm';
    return Math.round(Number.parseFloat(text) * 1000 ** ('kmgt'.indexOf(unit) + 1));
  });

/** Of the process that reads, with nothing read yet. */
const LEAST_FILE_MEMORY = 200e6;

/** What each file may take while it is read. */
export const fileLimitOptions = {
  fileSeconds: whole(1).optional(),
  fileMemory: bytes.refine((size) => size >= LEAST_FILE_MEMORY, 'is less than 200MB').optional(),
};

export function addFileLimitOptions(command: Command): Command {
  return command
    .option(
      '--file-seconds <s>',
      'processor time for reading one file, for each 2 MB of it (default: 10)',
    )
    .option('--file-memory <size>', 'memory for reading one file (default: 1GB)');
}

export function fileLimitsOf(given: z.output<z.ZodObject<typeof fileLimitOptions>>): FileLimits {
  return { seconds: given.fileSeconds, memoryBytes: given.fileMemory };
}

/**
 * Checks the options of one call.
 * @throws XqgError XQG_BAD_OPTION naming every option that cannot be used
 */
export function parseOptions<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const values = raw as Record<string, unknown>;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    return `--${kebabCase(name)} ${values[name] === undefined ? '' : `${JSON.stringify(values[name])} `}${issue.message}`;
  });
  throw new XqgError('XQG_BAD_OPTION', { problems: problems.join('; ') });
}

/** Where the command line takes the options of a search. */
type SearchCommand = Extract<Place, `cli ${string}`>;

/** Adds the options of a search that a command takes, with their help. */
export function addSearchOptions(command: Command, place: SearchCommand): Command {
  for (const declaration of declarationsIn(place)) {
    command.addOption(flagOf(declaration));
    const { negation } = declaration;
    if (negation !== undefined) command.option(negation.flag, negation.about);
  }
  return command;
}

/**
 * Checks the options of one call of a command that searches.
 * @param others schemas of what the command takes besides
 * @returns `search`: the options of the search, only those that were given; `given`: the others
 * @throws XqgError XQG_BAD_OPTION naming every option that cannot be used; XQG_USAGE for an option
 * beside its negation
 */
export function parseSearchOptions<P extends SearchCommand, S extends z.ZodRawShape>(
  place: P,
  others: S,
  raw: unknown,
): { readonly search: OptionsIn<P>; readonly given: z.output<z.ZodObject<S>> } {
  const declarations = declarationsIn(place).map((declaration) => ({
    ...declaration,
    attribute: flagOf(declaration).attributeName(),
  }));
  const fields = declarations.map(({ attribute, type }) => [
    attribute,
    (type instanceof z.ZodNumber ? fromText(type) : type).optional(),
  ]);
  const schema = z.object({ ...others, ...Object.fromEntries(fields) });
  const given = parseOptions(schema, raw) as Record<string, unknown>;
  const search = Object.fromEntries(
    declarations
      .map(({ name, attribute, negation }) => {
        // commander itself turns `--no-NAME` into a `false` of NAME.
        const isOther = negation !== undefined && !negation.flag.startsWith('--no-');
        const isNegated = isOther && isGiven(negation.flag, raw);
        if (isNegated && given[attribute] !== undefined) {
          const problem = `Give either --${attribute} or ${negation.flag}.`;
          throw new XqgError('XQG_USAGE', { problem, command: place.replace('cli', 'xqg') });
        }
        return [name, isNegated ? false : given[attribute]] as const;
      })
      .filter(([, value]) => value !== undefined),
  );
  return {
    search: search as OptionsIn<P>,
    given: given as z.output<z.ZodObject<S>>,
  };
}

function flagOf({
  name,
  type,
  about,
  default: fallback,
  flag = `--${kebabCase(name)}`,
  argument,
}: OptionDeclaration & { readonly name: string }): Option {
  const isList = type instanceof z.ZodArray;
  const repeated = isList ? '; may be repeated' : '';
  // Not set by commander, so that the command sees what was given.
  const value =
    argument === undefined || isList || fallback === undefined
      ? ''
      : ` (default: ${JSON.stringify(fallback)})`;
  const option = new Option(
    argument === undefined ? flag : `${flag} ${argument}`,
    `${about}${repeated}${value}`,
  );
  return isList ? option.argParser(collect) : option;
}

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function isGiven(flag: string, raw: unknown): boolean {
  return (raw as Record<string, unknown>)[new Option(flag).attributeName()] !== undefined;
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** The options by which commands name an encoder, the same everywhere. */
export const encoderOptions = {
  encoder: z.string().optional(),
  card: z.string().optional(),
  endpoint: z.string().optional(),
  encoderThreads: whole(1).optional(),
  workers: whole(1).optional(),
  batch: whole(1).optional(),
};

interface EncoderFlags {
  readonly card?: string;
  readonly endpoint?: string;
  readonly encoderThreads?: number;
  readonly workers?: number;
  readonly batch?: number;
}

/** The encoder of a new index, where none is named. */
export const NEW_INDEX_ENCODER = 'e5 where onnxruntime-node is installed, else static';

/** @param fallback what is used where none is named */
export function addEncoderOptions(command: Command, fallback: string): Command {
  return command
    .option(
      '--encoder <spec>',
      `e5, static, hf:NAME, a model's folder, or openai:MODEL (default: ${fallback})`,
    )
    .option(
      '--card <json>',
      'what must be known of the model, as JSON or a file of it (docs/models.md)',
    )
    .option('--endpoint <file>', 'settings of the endpoint of openai:MODEL (docs/models.md)')
    .option(
      '--encoder-threads <n>',
      'threads of one run of a model (xqg bench encoder finds the best)',
    )
    .option('--workers <n>', 'copies of a model that run beside each other (default: 1)')
    .option('--batch <n>', 'texts that a model runs together (default: 1, which is exact)');
}

/** What `openEncoder` takes; says on stderr what was opened. */
export function givenEncoder(
  { card, endpoint, encoderThreads, workers, batch }: EncoderFlags,
  context: CommandContext,
): OpenEncoderOptions {
  return {
    card,
    endpoint,
    threads: encoderThreads,
    workers,
    batch,
    signal: context.signal,
    onOpened: (description) => context.say(description),
  };
}

/** The options by which commands have questions expanded. */
export const expandOptions = {
  expand: z.string().optional(),
  expandPrompt: z.string().optional(),
  expandHow: oneOf('append', 'mix').optional(),
  expandWeight: fromText(numberWithin(0, 100)).optional(),
  expandLang: z.string().optional(),
  expandEndpoint: z.string().optional(),
};

type ExpandFlags = {
  readonly [K in keyof typeof expandOptions]?: z.output<(typeof expandOptions)[K]>;
} & {
  readonly endpoint?: string;
};

export function addExpandOptions(command: Command): Command {
  return command
    .option(
      '--expand <spec>',
      'expand the question: openai:MODEL, or a .jsonl file of recorded expansions',
    )
    .option(
      '--expand-prompt <name>',
      'zero-shot, few-shot, rephrase, rephrase-few-shot, or a file (default: zero-shot)',
    )
    .option(
      '--expand-how <way>',
      'append the text to the question, or mix its vector into it (default: append)',
    )
    .option(
      '--expand-weight <number>',
      'what the text counts against the question (docs/models.md)',
    )
    .option(
      '--expand-lang <code>',
      'language that the text is written in (default: that of the question)',
    )
    .option(
      '--expand-endpoint <file>',
      'settings of its endpoint (default: $OPENAI_BASE_URL, and --endpoint where there is one)',
    );
}

/** What a search takes, and how to close it; nothing where the question is not to be expanded. */
export async function givenExpansion(
  {
    expand,
    expandPrompt,
    expandHow,
    expandWeight,
    expandLang,
    expandEndpoint,
    endpoint,
  }: ExpandFlags,
  { signal }: CommandContext,
): Promise<{ readonly expand: ExpandOptions | undefined; close(): Promise<void> }> {
  if (expand === undefined) return { expand: undefined, close: async () => {} };
  const { openExpander } = await import('../expand/open-expander.js');
  const by = await openExpander(expand, {
    prompt: expandPrompt,
    endpoint: expandEndpoint ?? endpoint,
    signal,
  });
  const given = { by, how: expandHow, weight: expandWeight, lang: expandLang };
  checkExpansionWeight(given);
  return { expand: given, close: async () => by.close?.() };
}

/**
 * Which index a command means: `--index DIR`, or `--store URL` where its rows are elsewhere; then a
 * directory of xqg's own is the control folder if none is named.
 */
export const indexPlace = { index: z.string().optional(), store: z.string().optional() };

export interface GivenPlace {
  readonly index?: string;
  readonly store?: string;
}

export function addIndexPlace(command: Command, what = 'directory of the index'): Command {
  return command
    .option('-i, --index <dir>', what)
    .option(
      '--store <url>',
      'opensearch://HOST:PORT/NAME, where the rows are kept elsewhere (docs/opensearch.md)',
    );
}

/**
 * The directory, as it was given.
 * @throws XqgError XQG_USAGE, XQG_STORE_ADDRESS
 */
export async function indexDirectory(
  { index, store }: GivenPlace,
  command: string,
): Promise<string> {
  if (index !== undefined) return index;
  if (store === undefined)
    throw new XqgError('XQG_USAGE', {
      problem: "required option '-i, --index <dir>' not specified",
      command,
    });
  const { parseAddress } = await import('../store/opensearch/address.js');
  const { cacheFolder } = await import('../models/places.js');
  const { name, nodes } = parseAddress(store);
  const key = sha256([...nodes].sort().join()).slice(0, 12);
  return join(cacheFolder(), 'stores', `${name}-${key}`);
}

/**
 * The same for commands that read the manifest themselves: the index is there afterwards.
 * @throws XqgError XQG_INDEX_MISSING, XQG_STORE_OTHER
 */
export async function attachedDirectory(given: GivenPlace, command: string): Promise<string> {
  const dir = resolve(await indexDirectory(given, command));
  if (given.store === undefined) return dir;
  const { attachedManifest } = await import('../indexing/stores.js');
  if ((await attachedManifest(dir, given.store)) === null)
    throw new XqgError('XQG_INDEX_MISSING', { dir });
  return dir;
}
