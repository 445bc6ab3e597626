/**
 * What an experiment file may say, with its defaults. One schema checks the file, and its comments
 * are the documentation of the format.
 */
import { z } from 'zod';
import { EXPANSION_WAYS } from '../../expand/apply.js';
import type { MeansSource } from '../ranking/pool.js';
import { MEASURES } from '../xquad.js';

const PARALLEL_SETS = ['xquad', 'xquad-r', 'mlqa-r'] as const;
const DATA_SETS = [...PARALLEL_SETS, 'miracl', 'mr-tydi', 'beir', 'xor-tydi'] as const;
const PARALLEL_SETTINGS = ['mono', 'to-english', 'from-english', 'cross', 'multi'] as const;
const SETTINGS = [...PARALLEL_SETTINGS, 'beir', 'xor'] as const;
export const LANGUAGE_CHOICES = ['own', 'all', 'others', 'leave-one-out'] as const;
export const COMBINATIONS = ['mean', 'sum', 'paper'] as const;
export const MEANS = ['none', 'training', 'pool'] as const satisfies readonly MeansSource[];
const LEGS = ['dense', 'lexical', 'hybrid'] as const;

export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];
export type Combination = (typeof COMBINATIONS)[number];

const oneOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  z.enum(words, { error: `is not one of ${words.join(', ')}` });
const text = z.string('is not text').min(1, 'is empty');
const share = z.number('is not a number').min(0, 'is less than 0').max(1, 'is more than 1');
const whole = (least: number) =>
  z.int('is not a whole number').min(least, `is less than ${least.toLocaleString('en-US')}`);
const listOf = <S extends z.ZodType>(item: S) =>
  z
    .array(item, 'is not a list')
    .min(1, 'is an empty list')
    .refine((items) => new Set(items).size === items.length, 'has an entry twice');
const object = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, 'is not a group of keys');

const data = object({
  /** Which data set. */
  set: oneOf(DATA_SETS),
  /** Its folder, relative to the experiment file. */
  path: text,
  settings: listOf(oneOf(SETTINGS)),
  /** ISO 639-1; default: every language that has a file. */
  langs: listOf(text).optional(),
  /** Of MLQA-R: which half of the articles. */
  half: oneOf(['tune', 'report', 'all']).default('all'),
  /** Of MLQA-R: what one passage is. */
  unit: oneOf(['sentence', 'paragraph']).default('sentence'),
  /** Of MIRACL, Mr. TyDi and a BEIR folder; default: dev, test, test. */
  split: text.optional(),
  /**
   * Of XOR-TyDi: the English passages, JSONL of {docid, title, text}, e.g. the released ones with
   * generated queries.
   */
  corpus: text.optional(),
  /** Of XOR-TyDi: NLTK's folder punkt_tab/english; default: a short list of abbreviations. */
  punkt: text.optional(),
  /** Of a BEIR folder: language of rows that name none; default: detected. */
  'query-lang': text.optional(),
  'passage-lang': text.optional(),
});

/** What each data set can be asked. */
export const SETTINGS_OF: Readonly<
  Record<(typeof DATA_SETS)[number], readonly (typeof SETTINGS)[number][]>
> = {
  xquad: PARALLEL_SETTINGS,
  'xquad-r': PARALLEL_SETTINGS,
  'mlqa-r': PARALLEL_SETTINGS,
  miracl: ['mono'],
  'mr-tydi': ['mono'],
  beir: ['beir'],
  'xor-tydi': ['xor'],
};

/** Which data sets have a key that others have not. */
export const KEYS_OF: Readonly<Record<string, readonly (typeof DATA_SETS)[number][]>> = {
  split: ['miracl', 'mr-tydi', 'beir'],
  corpus: ['xor-tydi'],
  punkt: ['xor-tydi'],
  'query-lang': ['beir'],
  'passage-lang': ['beir'],
};

const primary = object({
  data: oneOf(DATA_SETS),
  setting: oneOf(SETTINGS),
  /** As `xqg evaluate` writes it, e.g. MRR, nDCG@10, accuracy@1. */
  metric: text,
  /** Names of systems, e.g. dense and dense+xqg. */
  baseline: text,
  system: text,
  correction: oneOf(['holm', 'bonferroni']).default('holm'),
});

const tune = object({
  on: oneOf(PARALLEL_SETS),
  path: text,
  half: oneOf(['tune', 'report', 'all']).default('all'),
  /** Of MLQA-R: what one passage is. */
  unit: oneOf(['sentence', 'paragraph']).default('paragraph'),
  setting: oneOf(PARALLEL_SETTINGS).default('to-english'),
  langs: listOf(text).optional(),
  metric: text.default('MRR'),
  /** Candidates; baseline and augmented systems get the same for all that both have. */
  alpha: listOf(share).default([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
  'dense-weight': listOf(z.number('is not a number').positive('is not more than 0')).default([
    0.25, 0.5, 1, 2, 4,
  ]),
});

const distractors = object({
  /** How the condition is called. */
  name: text,
  /**
   * Further passages: the English paragraphs of an MLQA-R folder, or a JSONL file of {id, text,
   * title, lang}.
   */
  'mlqa-r': text.optional(),
  file: text.optional(),
}).refine((value) => (value['mlqa-r'] === undefined) !== (value.file === undefined), {
  error: 'needs either mlqa-r or file',
});

/** Questions expanded at search time, the rival that costs latency. */
const expansion = object({
  /** How the condition is called. */
  name: text,
  /** `openai:MODEL`, or a .jsonl file of recorded expansions, relative to the experiment file. */
  by: text,
  /**
   * Of a model: zero-shot, few-shot, rephrase, rephrase-few-shot, or a file relative to the
   * experiment file.
   */
  prompt: text.optional(),
  /** Of a model: settings of its endpoint, a file relative to the experiment file. */
  endpoint: text.optional(),
  how: oneOf(EXPANSION_WAYS).default('append'),
  /** Default: that of `xqg search`. */
  weight: z.number('is not a number').min(0, 'is less than 0').optional(),
  /** Language that the texts are written in; default: that of the question. */
  lang: text.optional(),
}).refine(({ how, weight = 0 }) => how === 'append' || weight <= 1, {
  error: 'mixes in a share of more than 1',
  path: ['weight'],
});

const conditions = object({
  /** The augmented systems that the conditions vary; default: that of the primary hypothesis. */
  of: listOf(text).optional(),
  alpha: listOf(share).optional(),
  /** Numbers of drawn queries a passage and language; 0 is the baseline. */
  queries: listOf(whole(0)).optional(),
  languages: listOf(oneOf(LANGUAGE_CHOICES)).optional(),
  combine: listOf(oneOf(COMBINATIONS)).optional(),
  /** Percentiles of the round-trip score below which drawn queries are dropped; 0 keeps all. */
  filter: listOf(
    z.number('is not a number').min(0, 'is less than 0').lt(100, 'is not less than 100'),
  ).optional(),
  'language-means': listOf(oneOf(MEANS)).optional(),
  /**
   * Weights of a first pass (see search/feedback.ts), of the systems of the primary hypothesis and
   * those under `of`.
   */
  feedback: listOf(z.number('is not a number').min(0, 'is less than 0')).optional(),
  distractors: z.array(distractors, 'is not a list').min(1, 'is an empty list').optional(),
  /** The systems of the primary hypothesis and those under `of`, with their questions expanded. */
  expansion: z
    .array(expansion, 'is not a list')
    .min(1, 'is an empty list')
    .refine(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      'has a name twice',
    )
    .optional(),
}).default({});

const model = object({
  /** What is to be known of the model: fields, or a file of them (docs/models.md). */
  card: z.union([text, z.record(text, z.unknown())]).optional(),
  /** Settings of the endpoint of openai:MODEL, a file. */
  endpoint: text.optional(),
  threads: whole(1).optional(),
  workers: whole(1).optional(),
  batch: whole(1).optional(),
});

const statistics = object({
  /** Permutations, and samples of the bootstrap. */
  samples: whole(100).default(10_000),
  seed: whole(0).default(1),
  confidence: z
    .number('is not a number')
    .gt(0, 'is not more than 0')
    .lt(1, 'is not less than 1')
    .default(0.95),
}).default({ samples: 10_000, seed: 1, confidence: 0.95 });

const runs = object({
  /** Passages a question in the TREC runs of the primary hypothesis; 0 writes none. */
  depth: whole(0).default(100),
}).default({ depth: 100 });

export const experimentSchema = object({
  name: text.regex(
    /^[\w.-]+$/,
    'has other characters than letters, digits, dot, hyphen and underscore',
  ),
  /** What the experiment asks, for the head of the report. */
  question: text.optional(),
  data: z.array(data, 'is not a list').min(1, 'is an empty list'),
  primary,
  /**
   * `static`, `static:PACK`, `file:MANIFEST` for vectors that were made elsewhere, `hf:NAME`,
   * `openai:MODEL`, a model's folder.
   */
  encoders: listOf(text).default(['static']),
  /** How models of `encoders` are opened, by their names there. */
  models: z.record(text, model).optional(),
  /** `lexicon`, `gloss`, each also with `:PACK`, or `file:QUERIES`. */
  generators: listOf(text).default(['lexicon']),
  legs: listOf(oneOf(LEGS)).default(['dense']),
  /** Also query translation by the generator's tables (+qt), the rival. */
  translation: z.boolean('is not true or false').default(false),
  measures: text.default(MEASURES),
  /** Of systems that are not tuned; default: that of search for the encoder. */
  alpha: share.optional(),
  /** Default alpha and weights where absent. */
  tune: tune.optional(),
  conditions,
  statistics,
  runs,
  /** Of drawn queries. */
  seed: whole(0).default(0),
});

export type ExperimentSpec = z.infer<typeof experimentSchema>;
export type DataSpec = ExperimentSpec['data'][number];
export type TuneSpec = NonNullable<ExperimentSpec['tune']>;
export type ModelSpec = z.infer<typeof model>;
export type ExpansionSpec = NonNullable<ExperimentSpec['conditions']['expansion']>[number];
export type DistractorSpec = NonNullable<ExperimentSpec['conditions']['distractors']>[number];
