/** What requests may hold, as zod schemas; the options of a search are those of the library. */
import { z } from 'zod';
import { languageTag, SEARCH_OPTIONS, shapeIn, wholeNumber } from '../search/options.js';

/** Characters of a question; longer ones are refused. */
const LONGEST_QUESTION = 2000;

const question = z
  .string()
  .trim()
  .min(1, 'is empty')
  .max(LONGEST_QUESTION, `is longer than ${LONGEST_QUESTION} characters`)
  .describe('In any language.');

const expand = z
  .boolean()
  .default(false)
  .describe(
    'Search with a text that the model of the server writes from the question; where it fails, without, and a warning says so.',
  );

export const searchBody = z.strictObject({ question, ...shapeIn('http search'), expand });
export type SearchBody = z.output<typeof searchBody>;

const passageId = z.string().min(1).max(1000).describe('Id of a passage, as a search gives it.');

export const explainBody = z.strictObject({
  question,
  ...shapeIn('http explain'),
  expand,
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

/** A query string may name a filter once or several times. */
const filters = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  SEARCH_OPTIONS.filters.type.default([]).describe('Conditions that must all hold.'),
);
/** A number of a query string. */
const inText = (schema: z.ZodNumber) => z.coerce.number({ error: 'is not a number' }).pipe(schema);

export const listQuery = z.strictObject({
  offset: inText(wholeNumber(0).max(1e9)).default(0),
  limit: inText(wholeNumber(1).max(200)).default(20),
  filters,
});
export const coverageQuery = z.strictObject({
  sample: inText(wholeNumber(1).max(200))
    .default(25)
    .describe('Passages whose queries are searched.'),
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

/** Of a document, or of all files of an upload. */
export const documentLang = languageTag.describe(
  'Language of the text, a code such as th (default: detected).',
);

/** Of one request. */
export const MOST_DOCUMENTS = 10_000;

export const documentsBody = z.strictObject({
  documents: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(1000),
        text: z.string().min(1),
        title: z.string().max(1000).default(''),
        lang: documentLang.optional(),
        metadata: metadata.default({}),
      }),
    )
    .min(1)
    .max(MOST_DOCUMENTS),
});
