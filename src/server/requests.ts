/** What requests may hold, as zod schemas: the fields of search are those of the command line. */
import { z } from 'zod';
import { numberWithin, searchFields, wholeNumber } from '../search/options.js';

/** Characters of a question; longer ones are refused. */
const LONGEST_QUESTION = 2000;
/** Results of one answer. */
const MOST_RESULTS = 100;

const question = z
  .string()
  .trim()
  .min(1, 'is empty')
  .max(LONGEST_QUESTION, `is longer than ${LONGEST_QUESTION} characters`)
  .describe('In any language.');

const lang = z.union([
  searchFields.lang,
  z
    .array(z.strictObject({ lang: z.string().min(1).max(35), weight: numberWithin(0, 1) }))
    .min(1)
    .max(18)
    .describe('A weighting over several languages; the weights sum to 1.'),
]);

const asked = {
  question,
  mode: searchFields.mode.default('hybrid'),
  alpha: searchFields.alpha.optional(),
  profile: searchFields.profile.optional(),
  feedback: searchFields.feedback.optional(),
  translate: searchFields.translate.default(false),
  lang: lang.optional(),
  languagePolicy: z
    .union([
      z.enum(['asker', 'all']),
      z
        .record(z.string().max(35), z.number().min(0).max(1000))
        .refine((weights) => Object.keys(weights).length <= 200, 'names more than 200 languages'),
    ])
    .optional()
    .describe("Which languages' generated queries count; the default is that of the profile."),
  filters: searchFields.filters.default([]),
  expand: z
    .boolean()
    .default(false)
    .describe(
      'Search with a text that the model of the server writes from the question; where it fails, without, and a warning says so.',
    ),
};

export const searchBody = z.strictObject({
  ...asked,
  augment: searchFields.augment.default('on'),
  groupBy: searchFields.groupBy.optional(),
  k: searchFields.k.max(MOST_RESULTS, `is more than ${MOST_RESULTS}`).default(10),
});
export type SearchBody = z.output<typeof searchBody>;

const passageId = z.string().min(1).max(1000).describe('Id of a passage, as a search gives it.');

export const explainBody = z.strictObject({
  ...asked,
  augment: searchFields.augment.exclude(['both']).default('on'),
  id: passageId,
});
export type ExplainBody = z.output<typeof explainBody>;

export const indexParams = z.object({ index: z.string().max(200).describe('Name of an index.') });
export const passageParams = indexParams.extend({ id: passageId });
export const documentParams = indexParams.extend({
  id: z.string().min(1).max(1000).describe('Id of a document.'),
});
export const jobParams = z.object({ job: z.string().max(100).describe('Id of a job.') });
export const experimentParams = z.object({
  experiment: z.string().max(200).describe('Name of an experiment.'),
});

/** A filter may be given once or several times. */
const filters = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  searchFields.filters.default([]),
);
/** A number of a query string. */
const inText = (schema: z.ZodNumber) => z.coerce.number({ error: 'is not a number' }).pipe(schema);

export const listQuery = z.strictObject({
  offset: inText(wholeNumber(0).max(1e9)).default(0),
  limit: inText(wholeNumber(1).max(200)).default(20),
  filters,
});
export const coverageQuery = z.strictObject({
  sample: inText(wholeNumber(1).max(200)).default(25).describe('Passages whose queries are asked.'),
});

const metadataValue = z.union([
  z.string().max(10_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(10_000)).max(1000),
]);
export const metadata = z
  .record(z.string().min(1).max(200), metadataValue)
  .refine((values) => Object.keys(values).length <= 200, 'has more than 200 keys');

export const documentsBody = z.strictObject({
  documents: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(1000),
        text: z.string().min(1),
        title: z.string().max(1000).default(''),
        lang: searchFields.lang.optional(),
        metadata: metadata.default({}),
      }),
    )
    .min(1)
    .max(10_000),
});
export type DocumentsBody = z.output<typeof documentsBody>;
