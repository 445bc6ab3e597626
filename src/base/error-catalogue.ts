/**
 * Every error that xqg raises on purpose, one file of `errors/` for each area. `message` says what
 * happened, with the values in braces; `remedy` says what to do. docs/errors.md is written from
 * this list by `npm run docs:errors`; a test compares the two.
 */
import { cliErrors } from './errors/cli.js';
import { corpusErrors } from './errors/corpus.js';
import { encodeErrors } from './errors/encode.js';
import { evaluateErrors } from './errors/evaluate.js';
import { generateErrors } from './errors/generate.js';
import { indexingErrors } from './errors/indexing.js';
import { modelsErrors } from './errors/models.js';
import { searchErrors } from './errors/search.js';
import { serverErrors } from './errors/server.js';
import { storeErrors } from './errors/store.js';
import { workersErrors } from './errors/workers.js';

export const catalogue = {
  ...corpusErrors,
  ...generateErrors,
  ...encodeErrors,
  ...modelsErrors,
  ...storeErrors,
  ...indexingErrors,
  ...workersErrors,
  ...searchErrors,
  ...evaluateErrors,
  ...serverErrors,
  ...cliErrors,
} as const satisfies Record<string, { readonly message: string; readonly remedy: string }>;

export type ErrorCode = keyof typeof catalogue;
