/** Writing and opening an index. */
export const indexingErrors = {
  XQG_INDEX_MISSING: {
    message: 'There is no index in {dir}.',
    remedy:
      'Name the directory of an index with --index, or create one: xqg index PATH --index {dir}',
  },
  XQG_INDEX_DAMAGED: {
    message: '{path} cannot be read: {reason}.',
    remedy: 'Delete that directory and index again.',
  },
  XQG_INDEX_RECOVERED: {
    message:
      'Version {lost} of the index in {dir} cannot be read ({reason}); version {version} stands in for it.',
    remedy:
      'Run every xqg index that filled it again: what is there is kept. If this repeats, check the disk.',
  },
  XQG_INDEX_FORMAT: {
    message:
      'The index in {dir} has format {format} (written by xqg {version}); this xqg reads formats up to {known}.',
    remedy: 'Update xqg: npm install xqg@latest',
  },
  XQG_INDEX_ICU: {
    message:
      'The index in {dir} was made with ICU {index}, but this Node.js has ICU {given}: word boundaries may differ.',
    remedy:
      'Use the Node.js that made it (xqg status names it), or index again: xqg index PATH --index OTHER_DIR',
  },
  XQG_INDEX_WORD_RULES: {
    message:
      'The words of the index in {dir} were made by version {index} of the rules for words; this xqg has version {given}.',
    remedy: 'Index again: xqg index PATH --index OTHER_DIR',
  },
  XQG_INDEX_IDENTITY: {
    message: 'The {what} of the index in {dir} is {index}, but {given} was given.',
    remedy:
      'Give the one of the index (xqg status names it), or index again: xqg index PATH --index OTHER_DIR',
  },
  XQG_INDEX_SENTENCES: {
    message: 'The index in {dir} {index}, but the opposite was asked for.',
    remedy:
      'Leave the option out, or give {option}: an index keeps what it began with. To change it, index again: xqg index PATH --index OTHER_DIR',
  },
  XQG_INDEX_LOCKED: {
    message: 'Process {pid} on {host} is writing to the index in {dir}.',
    remedy: 'Wait until it has ended. If no such process is running there, delete {file}',
  },
  XQG_INDEX_INCOMPLETE: {
    message: '{done} of {expected} documents are indexed{reason}.',
    remedy:
      'Run the same command again: finished work is kept. What was set aside, xqg status names; mend it or leave it out.',
  },
  XQG_DOCUMENT_ID_TAKEN: {
    message: '{path}: the index already has a document "{id}", from {source}.',
    remedy: 'Remove that source first (xqg remove --source {source}), or rename one of the two.',
  },
  XQG_DUPLICATE_DOCUMENT: {
    message: '{path}: the id "{id}" was given to another document before.',
    remedy: 'Give every document its own id.',
  },
  XQG_QUERY_COUNT: {
    message:
      'The generator wrote {found} {language} queries for passage {id}, but {expected} were requested.',
    remedy:
      'This is a fault of the generator: use another one, or another number of queries per language.',
  },
} as const;
