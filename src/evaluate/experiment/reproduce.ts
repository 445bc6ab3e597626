/**
 * Compares what commands measure now with figures that were measured before: a committed matrix of
 * command, row, expected value and tolerance.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import type { NeededData } from '../data/missing-data.js';

const row = z.strictObject({
  /** What it shows, for people. */
  name: z.string().min(1),
  /** The words after `xqg`; {data} stands for the folder of evaluation data. */
  command: z.array(z.string()).min(1),
  /** The row of `results` that is meant: these keys have these values, and only one row has. */
  where: z.record(z.string(), z.union([z.string(), z.number()])),
  expected: z.number(),
  /** Within it: OK. Within three times it: OKish. */
  tolerance: z.number().positive(),
  /** Part of the short run, which takes seconds. */
  short: z.boolean().default(false),
});

const matrix = z.strictObject({ rows: z.array(row).min(1) });

export type ReproduceRow = z.output<typeof row>;
/** `skipped`: the data of the command is not there. */
export type Verdict = 'OK' | 'OKish' | 'FAIL' | 'skipped';

export interface Reproduced {
  readonly name: string;
  readonly command: string;
  readonly expected: number;
  readonly tolerance: number;
  /** null: the command failed, or has not exactly one such row. */
  readonly value: number | null;
  readonly verdict: Verdict;
  /** Why there is no value; '' where there is one. */
  readonly reason: string;
}

/** Runs a command and gives its JSON. */
export type RunCommand = (words: readonly string[]) => Promise<unknown>;

const OKISH = 3;

/** @throws XqgError XQG_REPRODUCE_MATRIX naming what is wrong in the file */
export async function readMatrix(file: string): Promise<ReproduceRow[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new XqgError(
      'XQG_REPRODUCE_MATRIX',
      { file, reason: (cause as Error).message },
      { cause },
    );
  }
  const parsed = matrix.safeParse(json);
  if (parsed.success) return parsed.data.rows;
  const { path, message } = parsed.error.issues[0];
  throw new XqgError('XQG_REPRODUCE_MATRIX', {
    file,
    reason: `at ${path.join('.') || 'the top'}: ${message}`,
  });
}

/** The data that rows need and that is not in the folder, each once. */
export function missingData(rows: readonly ReproduceRow[], data: string): NeededData[] {
  const missing = new Map<string, NeededData>();
  for (const set of rows.flatMap(setsOf)) {
    const path = resolve(data, set);
    if (!existsSync(path)) missing.set(path, { set, path });
  }
  return [...missing.values()];
}

/** Names below the folder of data. */
function setsOf({ command }: ReproduceRow): string[] {
  return command.flatMap((word) => /^\{data\}\/([\w.-]+)/.exec(word)?.[1] ?? []);
}

/** Each command whose data is there runs once, in the order of the rows. */
export async function* reproduce(
  rows: readonly ReproduceRow[],
  data: string,
  run: RunCommand,
): AsyncGenerator<Reproduced> {
  const outcomes = new Map<string, { results: unknown; reason: string }>();
  for (const row of rows) {
    const { name, command, where, expected, tolerance } = row;
    const [absent] = missingData([row], data);
    if (absent !== undefined) {
      yield {
        ...{ name, command: ['xqg', ...command].join(' '), expected, tolerance, value: null },
        verdict: 'skipped',
        reason: `there is no ${absent.path}`,
      };
      continue;
    }
    const words = command.map((word) => word.replaceAll('{data}', data));
    const key = JSON.stringify(words);
    let outcome = outcomes.get(key);
    if (outcome === undefined) {
      outcome = await run(words).then(
        (json) => ({ results: (json as { results?: unknown }).results, reason: '' }),
        (error: Error) => ({ results: null, reason: error.message }),
      );
      outcomes.set(key, outcome);
    }
    const found = outcome.reason === '' ? valueWhere(outcome.results, where) : outcome.reason;
    const value = typeof found === 'number' ? found : null;
    yield {
      name,
      command: ['xqg', ...command].join(' '),
      expected,
      tolerance,
      value,
      verdict: verdictOf(value, expected, tolerance),
      reason: typeof found === 'string' ? found : '',
    };
  }
}

/** The value of the one row; else why there is none. */
function valueWhere(results: unknown, where: ReproduceRow['where']): number | string {
  if (!Array.isArray(results)) return 'the command printed no results';
  const rows = (results as Record<string, unknown>[]).filter((each) =>
    Object.entries(where).every(([key, value]) => each[key] === value),
  );
  const [found] = rows;
  if (rows.length !== 1 || typeof found.value !== 'number')
    return `${rows.length} rows fit, not one`;
  return found.value;
}

export function verdictOf(value: number | null, expected: number, tolerance: number): Verdict {
  if (value === null) return 'FAIL';
  // Decimal fractions are not exact: a difference of the tolerance itself is within it.
  const off = Math.abs(value - expected) - 1e-12;
  if (off <= tolerance) return 'OK';
  return off <= OKISH * tolerance ? 'OKish' : 'FAIL';
}

/** Decimals of an expected value. */
const DIGITS = 4;

/**
 * Puts what was measured in the place of what was expected. Rows that were not run, or have no
 * value, stay as they are.
 * @throws XqgError XQG_REPRODUCE_MATRIX
 */
export async function recordMatrix(file: string, measured: readonly Reproduced[]): Promise<void> {
  const values = new Map(measured.map(({ name, value }) => [name, value]));
  const rows = (await readMatrix(file)).map(({ short, ...each }) => {
    const value = values.get(each.name);
    const expected = typeof value === 'number' ? Number(value.toFixed(DIGITS)) : each.expected;
    return { ...each, expected, ...(short ? { short } : {}) };
  });
  const lines = rows.map((each) => `  ${oneLine(each)}`).join(',\n');
  await writeAtomically(file, `{\n "rows": [\n${lines}\n ]\n}\n`);
}

/** JSON in one line, with blanks as people write them. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, each]) => `${JSON.stringify(key)}: ${oneLine(each)}`,
  );
  return `{${pairs.join(', ')}}`;
}
