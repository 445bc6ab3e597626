/**
 * Reads an experiment file: YAML with line numbers, checked by the schema and for what the schema
 * cannot say. Every problem of the file is found before anything runs, and all are reported at
 * once.
 */
import { readFile } from 'node:fs/promises';
import { closest, distance } from 'fastest-levenshtein';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { type Measure, parseMeasures, RANK_DISTANCE } from '../measures/metrics.js';
import { parseExperimentMeasures } from '../measures/names.js';
import type { System } from '../systems.js';
import { fits } from './measurement.js';
import { NONE, parseEncoderName, parseGeneratorName } from './recipe.js';
import { type ExperimentSpec, experimentSchema, KEYS_OF, SETTINGS_OF } from './spec.js';
import { knownSystems } from './systems.js';

type Path = readonly (string | number)[];

interface Problem {
  readonly path: Path;
  readonly message: string;
}

/**
 * @throws XqgError XQG_EXPERIMENT_FILE where the file cannot be read, XQG_EXPERIMENT_INVALID
 * listing every problem with its line and path
 */
export async function readExperiment(file: string): Promise<ExperimentSpec> {
  let yaml: string;
  try {
    yaml = await readFile(file, 'utf8');
  } catch (cause) {
    throw new XqgError(
      'XQG_EXPERIMENT_FILE',
      { file, reason: (cause as Error).message },
      { cause },
    );
  }
  return parseExperiment(yaml, file);
}

/** The same from text; `file` names it in errors. */
export function parseExperiment(yaml: string, file: string): ExperimentSpec {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      file,
      document.errors.map(({ pos, message }) => ({
        line: lines.linePos(pos[0]).line,
        text: message,
      })),
    );
  }
  const raw: unknown = document.toJS() ?? {};
  const result = experimentSchema.safeParse(raw, { reportInput: true });
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap(problemsOf)),
    ...crossProblems(raw),
  ];
  if (problems.length === 0) return result.data!;
  throw invalid(
    file,
    problems.map(({ path, message }) => ({
      line: lineOf(document, lines, path),
      text: `${pathText(path)} ${message}`.trim(),
    })),
  );
}

function invalid(file: string, problems: readonly { line: number; text: string }[]): XqgError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  const list = sorted.map(({ line, text }) => `\n  line ${line}: ${text}`).join('');
  return new XqgError('XQG_EXPERIMENT_INVALID', { file, count: problems.length, list });
}

/** encoders[0], data[1].settings */
function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`,
    '',
  );
}

/** The line of the node, or of the nearest one around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    // The key's own place, since the value of a key may begin on a later line.
    const pair = (parent as { items?: { key?: unknown }[] } | undefined)?.items?.find(
      (item) => String((item?.key as { value?: unknown })?.value) === key,
    );
    const node = pair?.key ?? document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `is no known key${suggestion(key, known)}`,
    }));
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return [{ path, message: missing ? 'is missing' : issue.message }];
}

/** `, did you mean "x"?` where one of the words is near, else the words. */
function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(word, known);
  const near = distance(word, nearest) <= Math.max(2, Math.floor(word.length / 3));
  return near ? `, did you mean "${nearest}"?` : ` (known: ${known.join(', ')})`;
}

/** The keys that the schema has at a path. */
function keysAt(path: Path): string[] {
  let schema: unknown = experimentSchema;
  for (const part of path) {
    schema = unwrapped(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[part];
  }
  schema = unwrapped(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
    else if (inner instanceof z.ZodPipe) inner = inner.in;
    else return inner;
  }
}

/** The value of a key that is right in itself, with its default; else undefined. */
type ValueOf = <K extends keyof ExperimentSpec>(key: K) => ExperimentSpec[K] | undefined;

/** What one key says about another. Only keys that are right in themselves are looked at. */
function crossProblems(raw: unknown): Problem[] {
  const { shape } = experimentSchema;
  const value: ValueOf = (key) => {
    const parsed = shape[key].safeParse((raw as Record<string, unknown> | null)?.[key]);
    return parsed.success ? (parsed.data as ExperimentSpec[typeof key]) : undefined;
  };
  const problems: Problem[] = [];
  const add = (path: Path, message: string) => problems.push({ path, message });
  const [data, primary, measures, tune] = [
    value('data'),
    value('primary'),
    value('measures'),
    value('tune'),
  ];

  const measured =
    measures === undefined
      ? []
      : measuresOf(measures, parseExperimentMeasures, (message) => add(['measures'], message));
  const sets = data?.map(({ set }) => set) ?? [];
  sets.forEach((set, i) => {
    if (sets.indexOf(set) < i) add(['data', i, 'set'], `is ${set} a second time`);
  });
  data?.forEach((each, i) => {
    problemsOfData(each, measured, (key, message) => add(['data', i, ...key], message));
  });
  if (primary && data) {
    const reported = data.find(({ set }) => set === primary.data);
    if (!reported) add(['primary', 'data'], `is ${primary.data}, which is not under data`);
    else if (!reported.settings.includes(primary.setting))
      add(
        ['primary', 'setting'],
        `is ${primary.setting}, which is not among the settings of ${primary.data}`,
      );
  }
  const [metric] =
    primary === undefined
      ? []
      : measuresOf(primary.metric, parseExperimentMeasures, (message) =>
          add(['primary', 'metric'], message),
        );
  if (primary && metric && measures !== undefined) {
    if (!measured.some(({ canonical }) => canonical === metric.canonical)) {
      const names = measured.map(({ name }) => name).join(', ');
      add(['primary', 'metric'], `is ${primary.metric}, which is not among the measures ${names}`);
    } else if (metric.canonical === RANK_DISTANCE)
      add(
        ['primary', 'metric'],
        'is a measure of language bias, of which less is better: name one of effectiveness',
      );
    else if (!fits(metric, primary.setting))
      add(
        ['primary', 'metric'],
        `is ${primary.metric}, which the setting ${primary.setting} does not have`,
      );
  }
  if (tune) measuresOf(tune.metric, parseMeasures, (message) => add(['tune', 'metric'], message));

  problems.push(...problemsOfSystems(value));
  for (const name of Object.keys(value('models') ?? {})) {
    const named = value('encoders') ?? [];
    if (!named.includes(name))
      add(['models', name], `is not among the encoders${suggestion(name, named)}`);
  }
  for (const [key, parse] of [
    ['encoders', parseEncoderName],
    ['generators', parseGeneratorName],
  ] as const) {
    value(key)?.forEach((name, i) => {
      const parsed = parse(name);
      if (typeof parsed === 'string') add([key, i], parsed);
    });
  }
  return problems;
}

/** Names of systems that the file does not measure, or that have nothing to vary. */
function problemsOfSystems(value: ValueOf): Problem[] {
  const [legs, translation, primary] = [value('legs'), value('translation'), value('primary')];
  const generators = value('generators');
  if (legs === undefined || translation === undefined || generators === undefined) return [];
  const [systems, tune, conditions] = [value('systems'), value('tune'), value('conditions')];
  const known = knownSystems({ legs, translation, systems, tune, generators });
  const measured =
    systems === undefined ? known : known.filter(({ name }) => systems.includes(name));
  const problems: Problem[] = [];
  const check = (
    path: Path,
    name: string | undefined,
    among: readonly System[],
    of: string,
  ): System | undefined => {
    const system = among.find((each) => each.name === name);
    if (name !== undefined && system === undefined) {
      const names = among.map((each) => each.name);
      problems.push({
        path,
        message: `is "${name}", no system of ${of}${suggestion(name, names)}`,
      });
    }
    return system;
  };
  if (generators.includes(NONE) && generators.length > 1)
    problems.push({
      path: ['generators'],
      message: 'has none beside others, whose systems without +xqg need no generator either',
    });
  const without = generators.includes(NONE) ? ' without a generator' : '';
  const measuredOf = `${systems === undefined ? 'these legs' : 'those under systems'}${without}`;
  systems?.forEach((name, i) => {
    check(['systems', i], name, known, `xqg${without}`);
  });
  check(['primary', 'baseline'], primary?.baseline, measured, measuredOf);
  check(['primary', 'system'], primary?.system, measured, measuredOf);
  conditions?.of?.forEach((name, i) => {
    const path = ['conditions', 'of', i];
    const system = check(path, name, measured, measuredOf);
    if (system?.augment === 'off')
      problems.push({ path, message: `is ${name}, which has no generated queries to vary` });
  });
  return problems;
}

/** Settings and keys that a data set does not have, and those that it lacks. */
function problemsOfData(
  data: ExperimentSpec['data'][number],
  measures: readonly Measure[],
  add: (key: (string | number)[], message: string) => void,
): void {
  const { set, settings } = data;
  settings.forEach((setting, s) => {
    const known = SETTINGS_OF[set];
    if (!known.includes(setting))
      add(
        ['settings', s],
        `is ${setting}, which ${set} does not have (known: ${known.join(', ')})`,
      );
    else if (measures.length > 0 && !measures.some((each) => fits(each, setting)))
      add(
        ['settings', s],
        `is ${setting}, for which measures has none${setting === 'xor' ? ' (e.g. R@2kt)' : ''}`,
      );
  });
  for (const [key, owners] of Object.entries(KEYS_OF)) {
    const given = data[key as keyof typeof data] !== undefined;
    if (given && !owners.includes(set)) add([key], `is a key of ${owners.join(', ')} only`);
  }
  if (set === 'xor-tydi' && data.corpus === undefined)
    add(['corpus'], 'is missing: the passages that the questions of xor-tydi are about');
}

function measuresOf(
  text: string,
  parse: (text: string) => Measure[],
  onProblem: (message: string) => void,
): Measure[] {
  try {
    return parse(text);
  } catch (error) {
    onProblem((error as Error).message);
    return [];
  }
}
