/**
 * Every error that xqg raises on purpose. `message` says what happened, with the values in braces; `remedy` says
 * what to do. docs/errors.md is written from this list by `npm run docs:errors`; a test holds the two together.
 */
export const catalogue = {
  // languages
  XQG_UNKNOWN_LANGUAGE: {
    message: 'Unknown language "{language}" ({where}).',
    remedy: 'Use one of {known}, or train a pack that knows it (xqg pack train).',
  },
  // evaluate
  XQG_UNKNOWN_MEASURE: {
    message: 'Unknown measure "{measure}".',
    remedy: 'Use any of {known} (k is a positive whole number), e.g. "nDCG@10 MRR@10 R@100 mAP".',
  },
  XQG_UNPAIRED: {
    message:
      'A paired test needs {least} or more values of each system for the same queries, but got {first} and {second}.',
    remedy: 'Compare two systems over the same queries.',
  },
  XQG_EVALUATION_FILE: {
    message: 'Cannot read {file}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_EVALUATION_LINE: {
    message: '{file}, line {line}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_EVALUATION_DATA: {
    message: 'Data set {dataset} in {directory}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_RUN_ID: {
    message: 'The id "{id}" holds a tab or a line break and cannot be written to a TREC run.',
    remedy: 'Rename it in the data.',
  },
  // train
  XQG_TRAINING_FILE_MISSING: {
    message: 'Training file not found: {path}.',
    remedy: 'Name a lexicon (en<TAB>xx<TAB>weight) and a bitext (en<TAB>xx), plain or gzipped.',
  },
  XQG_TRAINING_ROW: {
    message: '{path}, line {line}: expected {expected}.',
    remedy: 'Mend or delete that line; columns are separated by tabs.',
  },
  // search
  XQG_SEGMENT_DAMAGED: {
    message: 'The lexical segment {path} cannot be used: {reason}.',
    remedy: 'Run xqg doctor to see what else is affected, then index again: what is still valid is kept.',
  },
  XQG_SEGMENT_VERSION: {
    message: 'The lexical segment {path} has format {version}; this xqg reads format {known}.',
    remedy: 'Update xqg, or index again with this version.',
  },
  XQG_NUMBER_OUT_OF_RANGE: {
    message: '{name} is {value}, but must be {range}.',
    remedy: 'Give a value within that range.',
  },
  XQG_UNKNOWN_PROFILE: {
    message: 'Unknown augmentation profile "{profile}".',
    remedy: 'Use one of {known}.',
  },
  XQG_DIMENSION_MISMATCH: {
    message: '{what} has {found} numbers, but {expected} are needed ({shape}).',
    remedy: 'Use the encoder that the index was built with (xqg status names it).',
  },
  XQG_FILTER_SYNTAX: {
    message: 'Cannot read the filter "{filter}": {reason}.',
    remedy:
      'Write key=value, key!=value, key<n, key<=n, key>n or key>=n, e.g. --filter "year>=2020" --filter lang=de.',
  },
  XQG_NO_GENERATED_QUERIES: {
    message: 'This index holds no generated queries, so {what} is not possible.',
    remedy: 'Search with --augment off, or index again with a generator.',
  },
} as const satisfies Record<string, { message: string; remedy: string }>;

export type ErrorCode = keyof typeof catalogue;
