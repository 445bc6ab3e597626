/**
 * What an experiment file may say, with its defaults. One schema checks the file, and its comments
 * are the documentation of the format.
 */
import { z } from 'zod';
import { CONDITIONS } from './conditions/index.js';
import { listOf, object, oneOf, share, text, whole } from './schema.js';

/** The measures of every data set. */
const MEASURES = 'MRR accuracy@1 R@10 R@100 nDCG@10';

/** Passages of a BEIR folder that are ranked for a question, unless its file says otherwise. */
export const BEIR_DEPTH = 1000;

const PARALLEL_SETS = ['xquad', 'xquad-r', 'mlqa-r'] as const;
const DATA_SETS = [...PARALLEL_SETS, 'miracl', 'mr-tydi', 'beir', 'xor-tydi'] as const;
const PARALLEL_SETTINGS = ['mono', 'to-english', 'from-english', 'cross', 'multi'] as const;
const SETTINGS = [...PARALLEL_SETTINGS, 'beir', 'xor'] as const;
const LEGS = ['dense', 'lexical', 'hybrid'] as const;

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
  /** Of a BEIR folder: passages that are ranked for a question at most; default 1,000. */
  depth: whole(1).optional(),
  /**
   * Of a BEIR folder: whether a passage with the id of the query is left out of its ranking, as
   * BEIR does, or kept. Default: leave-out.
   */
  'identical-ids': oneOf(['leave-out', 'keep']).optional(),
});

/** The settings of each data set. */
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
  depth: ['beir'],
  'identical-ids': ['beir'],
};

const primary = object({
  data: oneOf(DATA_SETS),
  setting: oneOf(SETTINGS),
  /** As `xqg evaluate` writes it, e.g. MRR, nDCG@10, accuracy@1. */
  metric: text,
  /**
   * Names of systems, e.g. dense and dense+xqg. Without `system` nothing is compared: the report
   * has the figures of the baseline.
   */
  baseline: text,
  system: text.optional(),
  correction: oneOf(['holm', 'bonferroni']).default('holm'),
}).transform((given) => ({ ...given, system: given.system ?? given.baseline }));

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

/** What is varied: `of`, and the values of each condition by its key. */
interface Conditions {
  /** The augmented systems that are varied; default: that of the primary hypothesis. */
  readonly of?: readonly string[];
  readonly [key: string]: unknown;
}

const conditions = object({
  of: listOf(text).optional(),
  ...Object.fromEntries(CONDITIONS.map(({ key, schema }) => [key, schema.optional()])),
}).default({}) as unknown as z.ZodType<Conditions>;

const model = object({
  /** The model's card: fields, or a file of them (docs/models.md). */
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
   * `static`, `static:PACK`, `e5`, `file:MANIFEST` for vectors that were made elsewhere, `hf:NAME`,
   * `openai:MODEL`, a model's folder.
   */
  encoders: listOf(text).default(['static']),
  /** How models of `encoders` are opened, by their names there. */
  models: z.record(text, model).optional(),
  /**
   * `lexicon`, `gloss`, each also with `:PACK`, or `file:QUERIES`; or `none` alone, for systems
   * without generated queries.
   */
  generators: listOf(text).default(['lexicon']),
  legs: listOf(oneOf(LEGS)).default(['dense']),
  /** Also query translation by the generator's tables (+qt), the baseline of generation. */
  translation: z.boolean('is not true or false').default(false),
  /**
   * Only these systems. Default: all of the legs but those that sum the queries of all languages,
   * which are measured where they are named, and those of drawn queries, which are a condition.
   */
  systems: listOf(text).optional(),
  measures: text.default(MEASURES),
  /** Default: that of search for the encoder. */
  alpha: share.optional(),
  /** False: the dense leg has the vectors of passages alone. Default: as search for the encoder. */
  sentences: z.boolean('is not true or false').optional(),
  /** False: dense scores are not centered by language, though the encoder has centroids. */
  centering: z.boolean('is not true or false').default(true),
  /**
   * Also measures every system with the parameters that are best on other data, as `NAME (tuned)`:
   * without it, a system has the defaults of search.
   */
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
