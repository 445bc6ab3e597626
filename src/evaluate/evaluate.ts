/**
 * Runs an experiment that ships with xqg, changed as the caller wants it: what `xqg evaluate NAME`
 * does. It is measured as every experiment is; its rows are those of systems, without a report.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultEncoder } from '../encode/default-encoder.js';
import { isPackEncoder } from '../encode/open-encoder.js';
import { loadPack } from '../pack/format.js';
import { type ExperimentResults, type Measurement, measuresIn } from './experiment/measurement.js';
import { parseExperiment } from './experiment/read-spec.js';
import { runExperiment } from './experiment/run.js';
import { UNKNOWN_LANGUAGE } from './experiment/single-pools.js';
import type { DataSpec, ExperimentSpec, ModelSpec } from './experiment/spec.js';
import { parseExperimentMeasures } from './measures/names.js';
import { PRESETS, type PresetName } from './presets.js';
import { ArtifactStore } from './ranking/artifact-store.js';
import type { EvaluationResult, PerQueryRow, Progress, ResultRow } from './report/results.js';
import { systemsNamed } from './systems.js';

const DEFAULT_PACK = 'base';

/** Whether systems are told the language of a question or have it detected. */
type LanguageKnowledge = 'given' | 'detected';

/** What is absent is as the preset has it. */
export interface EvaluateOptions {
  /** Folder of the data set. */
  readonly data: string;
  /** Default: every language that has a file. */
  readonly langs?: readonly string[];
  readonly settings?: readonly DataSpec['settings'][number][];
  /** Of MLQA-R: which half of the articles. */
  readonly half?: DataSpec['half'];
  /** Of a BEIR folder: which qrels/<split>.tsv. */
  readonly split?: string;
  /** Of a BEIR folder: language of queries and passages whose rows name none. */
  readonly queryLang?: string;
  readonly passageLang?: string;
  /** Of a BEIR folder: passages that are ranked for a query at most. */
  readonly depth?: number;
  /** Of a BEIR folder: true ranks passages with the id of the query, too. Default false. */
  readonly keepIdenticalIds?: boolean;
  /** Name or folder of a pack; default `base`. */
  readonly pack?: string;
  /** Spec of an encoder. Default: that of a new index. */
  readonly encoder?: string;
  /** How a model among encoders is opened. */
  readonly model?: ModelSpec;
  /** Which of the pack's generators; default lexicon. */
  readonly generator?: 'lexicon' | 'gloss';
  /** Names of systems. */
  readonly systems?: readonly string[];
  readonly languages?: readonly LanguageKnowledge[];
  readonly measures?: string;
  /** Also the value of every query. Default false. */
  readonly perQuery?: boolean;
  /** What made the result, as the user typed it. */
  readonly command: string;
  readonly signal?: AbortSignal;
  /** Gets a description of each model that was opened. */
  readonly onOpened?: (description: string) => void;
}

/**
 * @throws XqgError XQG_UNKNOWN_MEASURE, XQG_UNKNOWN_SYSTEM, and what opening data and encoder
 * throws
 */
export async function evaluate(
  name: PresetName,
  options: EvaluateOptions,
  progress: Progress = () => {},
): Promise<EvaluationResult> {
  const { encoder = (await defaultEncoder()).spec } = options;
  const spec = specOf(name, { ...options, encoder });
  const { command, signal, onOpened } = options;
  const folder = await mkdtemp(join(tmpdir(), 'xqg-evaluate-'));
  try {
    const finished = await runExperiment({
      // Encoders and cards are named relative to where the user is.
      file: resolve('evaluate.yaml'),
      spec,
      store: new ArtifactStore(folder),
      command,
      skipEmpty: options.settings === undefined,
      signal,
      onOpened,
      tell: progress,
      select: ({ condition }) => condition === 'question-language',
    });
    try {
      return await resultOf(finished.results, options);
    } finally {
      await finished.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The preset with what the caller wants instead. */
function specOf(
  name: PresetName,
  options: EvaluateOptions & { readonly encoder: string },
): ExperimentSpec {
  const preset = parseExperiment(PRESETS[name], `preset ${name}`);
  const { pack = DEFAULT_PACK, encoder, generator = 'lexicon' } = options;
  const { measures = preset.measures, systems } = options;
  parseExperimentMeasures(measures);
  const encoderName = encoder === 'static' ? `static:${pack}` : encoder;
  // Queries of all languages, and drawn ones, are many: they are encoded where that takes no time.
  const usual = isPackEncoder(encoder)
    ? preset.systems
    : preset.systems?.filter((system) => !/-all$|\(n=/.test(system));
  const [data] = preset.data;
  const { langs = data.langs, settings = data.settings, half = data.half } = options;
  return {
    ...preset,
    data: [
      {
        ...data,
        path: resolve(options.data),
        langs: langs && [...langs],
        settings: [...settings],
        half,
        split: options.split,
        'query-lang': options.queryLang,
        'passage-lang': options.passageLang,
        depth: options.depth,
        'identical-ids': options.keepIdenticalIds ? 'keep' : 'leave-out',
      },
    ],
    encoders: [encoderName],
    models: { [encoderName]: options.model ?? {} },
    generators: [`${generator}:${pack}`],
    systems: systems ? systemsNamed(systems).map((each) => each.name) : usual,
    measures,
    conditions: { ...preset.conditions, 'question-language': languagesOf(preset, options) },
  };
}

function languagesOf(
  { conditions }: Pick<ExperimentSpec, 'conditions'>,
  { languages }: Pick<EvaluateOptions, 'languages'>,
): readonly LanguageKnowledge[] {
  const preset = (conditions['question-language'] ?? ['given']) as readonly LanguageKnowledge[];
  return languages ?? preset;
}

async function resultOf(
  { measurements, notes, madeBy, spec }: ExperimentResults,
  { pack = DEFAULT_PACK, generator = 'lexicon', perQuery = false }: EvaluateOptions,
): Promise<EvaluationResult> {
  const rows = groupsOf(measurements).flatMap((group) => rowsOf(group, spec, generator));
  const { encoders, generators, scanner } = madeBy.identities as Readonly<
    Record<'encoders' | 'generators', readonly [Readonly<Record<string, unknown>>]>
  > & { readonly scanner: string };
  const identities = {
    pack: (await loadPack(pack)).identity,
    encoder: withoutName(encoders[0]),
    generator: withoutName(generators[0]),
    scanner,
    search: measurements[0].variant.defaults,
  };
  return {
    results: rows.map(({ row }) => row),
    ...(perQuery ? { perQuery: rows.flatMap(perQueryOf) } : {}),
    notes,
    madeBy: { ...madeBy, identities },
  };
}

function withoutName({ as: _, ...identity }: Readonly<Record<string, unknown>>) {
  return identity;
}

/**
 * What makes one figure: a system's measurement in a setting, pool and language, or in a BEIR
 * folder those of all languages. In the order of settings, languages of questions and of passages,
 * whether they were given, and systems.
 */
function groupsOf(measurements: readonly Measurement[]): Measurement[][] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const { setting, queryLang, passageLang } = measurement.subject;
    const lang = setting === 'beir' ? '' : queryLang;
    const key = JSON.stringify([setting, lang, passageLang, measurement.variant.name]);
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  const settings = [...new Set(measurements.map(({ subject }) => subject.setting))];
  const orderOf = (group: readonly Measurement[]) => {
    const [{ subject }] = group;
    const { setting, queryLang, passageLang } = subject;
    const langs = setting === 'beir' ? [] : [queryLang, passageLang];
    const isDetected = knowledgeOf(group) === 'detected' ? '1' : '0';
    return [String(settings.indexOf(setting)), ...langs, isDetected];
  };
  // Where no row names a language, a given language is a detected one.
  const known = new Set<string>();
  return [...groups.values()]
    .map((group) => ({ group, order: orderOf(group) }))
    .filter(({ group: [{ variant }], order }) => {
      const key = JSON.stringify([order, variant.system.name]);
      return !known.has(key) && known.add(key);
    })
    .sort((a, b) => compareLists(a.order, b.order))
    .map(({ group }) => group);
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((each, i) => each !== b[i]);
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
}

/** `given` where some question's language is. */
function knowledgeOf(group: readonly Measurement[]): LanguageKnowledge {
  return group.some(({ language }) => language === 'given') ? 'given' : 'detected';
}

/** A figure with the values that it is the mean of; null where only the mean is asked for. */
interface Row {
  readonly row: ResultRow;
  readonly values: ReadonlyMap<string, number> | null;
}

/**
 * Rows of a group, one a measure: for each language that is named for questions and, where that is
 * not one language for all, for all questions. Detected languages have no rows of their own: wrong
 * guesses would count as languages.
 */
function rowsOf(group: readonly Measurement[], spec: ExperimentSpec, generator: string): Row[] {
  const named = group.filter(({ subject }) => subject.queryLang !== UNKNOWN_LANGUAGE);
  const isWhole = group.length === 1 && named.length === 1;
  const rows = named.flatMap((each) =>
    rowsOver([each], each.subject.queryLang, spec, generator, isWhole),
  );
  if (isWhole) return rows;
  const langs = new Set(group.flatMap(({ questionLanguages }) => questionLanguages));
  const [lang] = langs.size === 1 ? langs : ['mixed'];
  return [...rows, ...rowsOver(group, lang, spec, generator, true)];
}

/** The means over all questions of the measurements. */
function rowsOver(
  group: readonly Measurement[],
  queryLang: string,
  spec: ExperimentSpec,
  generator: string,
  withValues: boolean,
): Row[] {
  const [{ subject, variant }] = group;
  const language = knowledgeOf(group);
  return measuresIn(subject.setting, spec).map((measure): Row => {
    const values = new Map(
      group.flatMap((each) => {
        const ofEach = each.values(measure);
        return each.questions.map((id, q): [string, number] => [id, ofEach[q]]);
      }),
    );
    const sum = [...values.values()].reduce((all, value) => all + value, 0);
    const row: ResultRow = {
      dataset: subject.dataset,
      setting: subject.setting,
      queryLang,
      passageLang: subject.passageLang,
      system: variant.system.name,
      metric: measure.name,
      value: sum / values.size,
      generator,
      language,
      queries: values.size,
    };
    return { row, values: withValues ? values : null };
  });
}

function perQueryOf({ row: { queries: _, ...row }, values }: Row): PerQueryRow[] {
  return [...(values ?? [])].map(([query, value]) => ({ ...row, value, query }));
}
