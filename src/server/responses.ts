/** The server's responses, as zod schemas: for /openapi.json, and every response is checked. */
import { z } from 'zod';

const languageWeight = z.object({ lang: z.string(), weight: z.number() });
const metadataValues = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]),
);
const rank = z.number().int().nullable();

const augmentation = z.object({
  name: z.enum(['unit', 'paper']),
  alpha: z.number(),
  variant: z.string(),
  renormalize: z.boolean(),
  languages: z.union([z.enum(['asker', 'all']), z.record(z.string(), z.number())]),
  alphaEffective: z.number().describe("Share of the queries' mean in a fused vector."),
});

const hit = z.object({
  rank: z.number().int(),
  otherRank: rank.describe(
    'Rank in the other ranking; null where it is deeper than `compared`, or there is only one.',
  ),
  id: z.string(),
  score: z.number(),
  dense: z.number().nullable(),
  lexical: z.number().nullable(),
  documentId: z.string(),
  title: z.string(),
  path: z.string().describe('Below what was indexed; no folder of the server.'),
  headings: z.array(z.string()).readonly(),
  lang: z.string(),
  langConfidence: z.number(),
  text: z.string(),
  snippet: z.string().describe('The sentence of the text that fits the question best.'),
  sentence: z
    .object({ start: z.number().int(), end: z.number().int() })
    .nullable()
    .describe(
      'Where the snippet lies in the text, in UTF-16 code units; null for a passage without text.',
    ),
  others: z.array(z.string()).readonly(),
  metadata: metadataValues,
});

const expansion = z
  .object({
    text: z.string().describe('What a model wrote from the question.'),
    lang: z.string(),
    how: z
      .enum(['append', 'mix'])
      .describe("Appended to the question, or its vector mixed into the question's."),
    weight: z.number(),
    by: z.string(),
    milliseconds: z.number().describe('What the question had to wait for it.'),
  })
  .nullable()
  .describe('Null where the question was searched as it is.');

const ranked = {
  question: z.string(),
  languages: z.array(languageWeight).readonly(),
  language: z.enum(['given', 'detected']),
  withoutTables: z
    .array(z.string())
    .readonly()
    .describe('Languages of the question without tables: found by the dense leg alone.'),
  mode: z.enum(['dense', 'lexical', 'hybrid']),
  augmentation: augmentation.nullable(),
  expansion,
  warnings: z.array(z.string()).readonly(),
};

const feedback = z
  .number()
  .describe("Weight of the best passage of a first pass in the question's vector; 0: one pass.");

const annUse = z
  .object({
    recall: z
      .number()
      .nullable()
      .describe('Share of what exact search finds among its first ten, as measured.'),
    measuredAlpha: z.number(),
    candidates: z.number().int(),
  })
  .nullable()
  .describe('Null where every passage was looked at.');

const ranking = z
  .object({ ...ranked, feedback, ann: annUse, hits: z.array(hit).readonly() })
  .meta({ id: 'Ranking' });

export const searchResponse = z
  .object({
    with: ranking
      .nullable()
      .describe('With the generated queries; null where only the other ranking was made.'),
    without: ranking.nullable(),
    compared: z.number().int().nullable().describe('Depth to which both were compared.'),
    tookMs: z.number(),
  })
  .meta({ id: 'SearchResult' });
export type SearchResponse = z.output<typeof searchResponse>;

export const explainResponse = z
  .object({
    ...ranked,
    id: z.string(),
    title: z.string(),
    lang: z.string(),
    text: z.string(),
    rank,
    score: z.number().nullable(),
    dense: z
      .object({
        score: z.number(),
        passage: z
          .number()
          .describe(
            'With the shares of the sentence, of the languages and of centering, the score.',
          ),
        sentence: z
          .object({ start: z.number().int(), end: z.number().int(), share: z.number() })
          .nullable()
          .describe(
            'Where the best sentence lies in the text, in UTF-16 code units, and its share; null where sentences do not count, and for a passage of one.',
          ),
        centering: z
          .number()
          .nullable()
          .describe(
            'What is taken out (below 0) since it says nothing but the language; null where scores are not centered.',
          ),
        toward: z
          .object({ id: z.string(), weight: z.number(), share: z.number() })
          .nullable()
          .describe(
            'The passage that the question was pulled toward, and what that gives to the score; null: none.',
          ),
        languages: z.array(z.object({ lang: z.string(), share: z.number() })).readonly(),
        expansion: z
          .object({ question: z.number(), text: z.number() })
          .nullable()
          .describe(
            "The score parted into the question's own words and the expansion; null without one.",
          ),
      })
      .nullable(),
    lexical: z.object({
      score: z.number().nullable(),
      languages: z
        .array(
          z.object({
            lang: z.string(),
            weight: z.number(),
            expansion: z.boolean().describe('Terms that the expansion added.'),
            terms: z
              .array(
                z.object({
                  term: z.string(),
                  standIn: z
                    .object({
                      word: z.string(),
                      surface: z.string(),
                      by: z.enum(['spelling', 'part', 'joined', 'correction']),
                    })
                    .optional()
                    .describe('The word of the question that the term stands for.'),
                  weight: z.number(),
                  tfOwn: z.number(),
                  tfGenerated: z.number(),
                  tfTranslated: z.number(),
                  documentFrequency: z
                    .number()
                    .nullable()
                    .describe('null for keys with filters: it counts all passages.'),
                  idf: z.number().nullable(),
                  contribution: z.number(),
                  via: z
                    .array(
                      z.object({
                        stem: z.string(),
                        by: z.enum(['generated', 'translated']),
                        frequency: z.number(),
                      }),
                    )
                    .readonly(),
                }),
              )
              .readonly(),
          }),
        )
        .readonly(),
    }),
    nearest: z
      .array(z.object({ lang: z.string(), text: z.string(), similarity: z.number() }))
      .readonly()
      .describe('Generated queries, nearest to the question first.'),
  })
  .meta({ id: 'Explanation' });
export type ExplainResponse = z.output<typeof explainResponse>;

const failure = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
export const failureResponse = z
  .object({ error: failure, requestId: z.string() })
  .meta({ id: 'Failure' });
export type FailureResponse = z.output<typeof failureResponse>;

const languageCount = z.object({
  lang: z.string(),
  passages: z.number().int(),
  detected: z.number().int(),
  confidence: z.number().nullable(),
});

const briefIndex = z.object({
  name: z.string(),
  condition: z.enum(['missing', 'closed', 'opening', 'open', 'failed']),
  error: failure.nullable(),
  documents: z.number().int().nullable().describe('null where it is not open.'),
  passages: z.number().int().nullable(),
  queryLanguages: z.array(z.string()).readonly(),
  encodesQueries: z
    .boolean()
    .describe('False: generated queries serve the words alone, and alpha has no effect.'),
});
export const indexesResponse = z
  .object({
    indexes: z.array(briefIndex).readonly(),
    rights: z
      .array(z.enum(['search', 'add', 'remove']))
      .readonly()
      .describe('What the client may do.'),
    expander: z
      .string()
      .nullable()
      .describe('What writes expansions of questions; null: nothing does.'),
    version: z.string().describe('Of xqg.'),
  })
  .meta({ id: 'Indexes' });
export type IndexesResponse = z.output<typeof indexesResponse>;

export const indexResponse = z
  .object({
    ...briefIndex.shape,
    documents: z.number().int(),
    passages: z.number().int(),
    languages: z.array(languageCount).readonly(),
    sources: z.record(z.string(), z.number().int()),
    metadata: z.record(
      z.string(),
      z.object({ passages: z.number().int(), values: z.array(z.string()).readonly() }),
    ),
    madeBy: z.object({
      encoder: z.string(),
      dimensions: z.number().int(),
      generator: z.string().nullable(),
      queriesPerLanguage: z.number().int(),
      sentences: z.boolean().describe('True: sentences of passages have vectors of their own.'),
      pack: z.string().nullable(),
      version: z.string(),
      node: z.string(),
      icu: z.string(),
      created: z.string(),
      updated: z.string(),
    }),
    state: z.enum(['indexing', 'complete']),
  })
  .meta({ id: 'Index' });
export type IndexResponse = z.output<typeof indexResponse>;

const listed = z.object({
  id: z.string(),
  documentId: z.string(),
  path: z.string(),
  title: z.string(),
  lang: z.string(),
  ordinal: z.number().int(),
});
export const passagesResponse = z
  .object({ total: z.number().int(), passages: z.array(listed).readonly() })
  .meta({ id: 'PassageList' });
export type PassagesResponse = z.output<typeof passagesResponse>;

export const passageResponse = z
  .object({
    ...listed.shape,
    headings: z.array(z.string()).readonly(),
    text: z.string(),
    langConfidence: z.number(),
    metadata: metadataValues,
    generator: z.string().nullable(),
    queries: z
      .record(z.string(), z.array(z.string()).readonly())
      .describe('Generated queries by language.'),
  })
  .meta({ id: 'Passage' });
export type PassageResponse = z.output<typeof passageResponse>;

const shares = z.object({ first: z.number(), firstTen: z.number() });
export const coverageResponse = z
  .object({
    passages: z.number().int(),
    languages: z
      .array(
        z.object({ lang: z.string(), queries: z.number().int(), with: shares, without: shares }),
      )
      .readonly(),
  })
  .meta({ id: 'Coverage' });
export type CoverageResponse = z.output<typeof coverageResponse>;

export const jobResponse = z
  .object({
    id: z.string(),
    index: z.string(),
    kind: z.enum(['add', 'remove']),
    state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    /** Names of files or ids of documents. */
    what: z.array(z.string()).readonly(),
    created: z.string(),
    ended: z.string().nullable(),
    progress: z
      .object({
        phase: z.enum(['documents', 'sealing']),
        share: z.number().nullable().describe('In [0, 1]; null where it is not known yet.'),
        documents: z.number().int(),
        passages: z.number().int(),
        secondsLeft: z.number().nullable(),
      })
      .nullable(),
    result: z
      .object({
        documents: z.object({
          indexed: z.number().int(),
          unchanged: z.number().int(),
          removed: z.number().int(),
          failed: z.number().int(),
        }),
        passages: z.number().int(),
        failures: z
          .array(z.object({ path: z.string(), code: z.string(), message: z.string() }))
          .readonly(),
        omissions: z
          .object({
            counts: z.record(z.string(), z.number().int()).readonly(),
            named: z.array(z.object({ path: z.string(), reason: z.string() })).readonly(),
            languages: z
              .array(
                z.object({
                  declared: z.string(),
                  lang: z.string(),
                  documents: z.number().int(),
                  path: z.string(),
                }),
              )
              .readonly()
              .optional()
              .describe('Documents in another language than they declare.'),
          })
          .optional(),
      })
      .nullable(),
    error: failure.nullable(),
  })
  .meta({ id: 'Job' });
export type JobResponse = z.output<typeof jobResponse>;
export const jobsResponse = z
  .object({ jobs: z.array(jobResponse).readonly() })
  .meta({ id: 'Jobs' });

export const experimentsResponse = z
  .object({
    experiments: z
      .array(
        z.object({
          name: z.string(),
          updated: z.string(),
          results: z.boolean().describe('results.json is there.'),
          report: z.boolean().describe('report.html is there.'),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Experiments' });
export type ExperimentsResponse = z.output<typeof experimentsResponse>;

export const healthResponse = z.object({ status: z.literal('ok') });
export const readyResponse = z.object({
  status: z.enum(['ready', 'opening', 'failed', 'stopping']),
});
