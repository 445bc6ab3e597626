/** Searching an index. */
export const searchErrors = {
  XQG_SEGMENT_DAMAGED: {
    message: 'The lexical segment {path} cannot be used: {reason}.',
    remedy:
      'Run xqg doctor to see what else is affected, then index again: what is still valid is kept.',
  },
  XQG_SEGMENT_VERSION: {
    message: 'The lexical segment {path} has format {version}; this xqg reads format {known}.',
    remedy: 'Update xqg, or index again with this version.',
  },
  XQG_ANN_PACKAGE: {
    message: 'An ANN index needs the package usearch, which does not load: {reason}.',
    remedy: 'npm install usearch   (exact search works without it)',
  },
  XQG_ANN_MISSING: {
    message: 'The index in {dir} has no ANN index.',
    remedy: 'Build one: xqg ann build --index {dir}   or search exactly, without --ann',
  },
  XQG_ANN_STALE: {
    message:
      'The ANN index in {dir} was built for other rows ({built}) than the index has ({index}).',
    remedy: 'Build it again: xqg ann build --index {dir}   or search exactly, without --ann',
  },
  XQG_ANN_DAMAGED: {
    message: 'The ANN index {path} cannot be used: {reason}.',
    remedy:
      'Build it again with xqg ann build, or drop it with xqg ann drop; exact search works without it.',
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
    message: 'This index contains no generated queries, so {what} is not possible.',
    remedy: 'Search with --augment off, or index again with a generator.',
  },
  XQG_PASSAGE_UNKNOWN: {
    message: 'The index in {dir} has no passage "{id}".',
    remedy: 'Use an id that a search prints: xqg search "..." --index {dir}',
  },
  XQG_PACK_UNNAMED: {
    message: 'The index was made with the pack "{pack}", which does not come with xqg.',
    remedy: 'Name the folder of that pack: --pack FOLDER, or openIndex(directory, { pack }).',
  },
  XQG_INDEX_CLOSED: {
    message: 'The index in {dir} was closed.',
    remedy: 'Open it again with openIndex.',
  },
} as const;
