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
  // corpus
  XQG_CORPUS_NOT_FOUND: {
    message: 'No such file or folder: {path}.',
    remedy: 'Check the spelling; paths are taken from the current folder.',
  },
  XQG_CORPUS_UNREADABLE: {
    message: 'Cannot read {path}: {reason}.',
    remedy: 'Give the user who runs xqg the right to read it, or leave it out.',
  },
  XQG_CORPUS_NOTHING_FOUND: {
    message: 'No document found in {paths} ({skipped} skipped).',
    remedy: 'Name files or folders that hold {known} files.',
  },
  XQG_CORPUS_UNKNOWN_FORMAT: {
    message: 'No reader knows the format of {path}.',
    remedy: 'Convert it to one of {known}.',
  },
  XQG_CORPUS_OVERLAP: {
    message: '{inner} lies within {outer}, so its documents would be read twice.',
    remedy: 'Name only {outer}.',
  },
  XQG_CORPUS_ENCODING: {
    message: '{file}, line {line}, byte {offset}: not valid {encoding}.',
    remedy: 'Convert the file to UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 {file} > converted',
  },
  XQG_CORPUS_BINARY: {
    message: '{file}, line {line}, byte {offset}: a NUL byte, so this is no text file.',
    remedy:
      'Leave it out; or, if it is UTF-16 or UTF-32 without a byte order mark, convert it to UTF-8 with iconv.',
  },
  XQG_CORPUS_EMPTY: {
    message: '{file} holds no text.',
    remedy: 'Leave it out; a scanned document needs text recognition (OCR) first.',
  },
  XQG_CORPUS_TOO_LARGE: {
    message: '{file} has {bytes} bytes, more than the {limit} that are read as one.',
    remedy:
      'Split it into several files, or make it JSONL (id, title, text, lang), which is read line by line.',
  },
  XQG_CORPUS_LONG_LINE: {
    message: '{file}, line {line}: longer than {limit} characters.',
    remedy: 'Split that row; if the file is one JSON array, write one object a line (jq -c ".[]").',
  },
  XQG_CORPUS_BROKEN_FILE: {
    message: '{file} cannot be read as {format}: {reason}.',
    remedy: 'Open it in a program that can repair it and save it again, or leave it out.',
  },
  XQG_CORPUS_PACKAGE_MISSING: {
    message: 'Reading {format} needs the package {package}, which cannot be loaded: {reason}.',
    remedy: 'npm install {package}',
  },
  XQG_CORPUS_ROW: {
    message: '{file}, line {line}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_CORPUS_SQUAD: {
    message: '{file} is not SQuAD-style JSON: {reason}.',
    remedy:
      'Expected {"data": [{"title": "...", "paragraphs": [{"context": "..."}]}]}; for rows of documents use JSONL.',
  },
  XQG_CORPUS_DUPLICATE_ID: {
    message: 'Two documents have the id "{id}": {first} and {second}.',
    remedy: 'Give each its own id; for files of the same name, index their common parent folder instead.',
  },
  XQG_CORPUS_BUDGET: {
    message: 'A passage cannot be limited to {value} tokens.',
    remedy: 'Use a whole number from {least} upwards.',
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
  XQG_UNKNOWN_SYSTEM: {
    message: 'Unknown system "{system}".',
    remedy: 'Use any of {known}.',
  },
  XQG_RUN_ID: {
    message: 'The id "{id}" holds a tab or a line break and cannot be written to a TREC run.',
    remedy: 'Rename it in the data.',
  },
  // pack
  XQG_PACK_NOT_FOUND: {
    message: 'No pack at {folder} (manifest.json is missing).',
    remedy: 'Use --pack base, --pack full or the folder of a pack made by "xqg pack train".',
  },
  XQG_PACK_DAMAGED: {
    message: 'The pack file {path} is damaged: {why}.',
    remedy: 'Install xqg again, or train the pack again (xqg pack train).',
  },
  XQG_PACK_FORMAT: {
    message: '{path} has pack format {found}; this xqg reads format {supported}.',
    remedy: 'Use the xqg version that made the pack, or train it again (xqg pack train).',
  },
  // train
  XQG_PACK_EXISTS: {
    message: '{folder} holds a pack already.',
    remedy: 'Choose another --out folder, or delete that one first.',
  },
  XQG_TRAINING_EMPTY: {
    message: 'No word of "{language}" could be linked with an English one.',
    remedy: 'Check that the first column is English and the second one the language, and add more rows.',
  },
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
  // library
  XQG_PASSAGE_UNKNOWN: {
    message: 'The index in {dir} has no passage "{id}".',
    remedy: 'Take an id that a search prints: xqg search "..." --index {dir}',
  },
  XQG_PACK_UNNAMED: {
    message: 'The index was made with the pack "{pack}", which does not come with xqg.',
    remedy: 'Name the folder of that pack: --pack FOLDER, or openIndex(directory, { pack }).',
  },
  XQG_INDEX_CLOSED: {
    message: 'The index in {dir} was closed.',
    remedy: 'Open it again with openIndex.',
  },
  // server
  XQG_REQUEST_INVALID: {
    message: 'This request cannot be used: {problems}.',
    remedy: 'Mend each of them; /reference and /openapi.json say what a request may hold.',
  },
  XQG_REQUEST_MALFORMED: {
    message: 'The request cannot be read: {reason}.',
    remedy: 'Send {expected}.',
  },
  XQG_REQUEST_TOO_LARGE: {
    message: 'The {what} is larger than the {limit} that are taken at once.',
    remedy: 'Send less at once, or start the server with a higher {option}.',
  },
  XQG_REQUEST_TOO_SLOW: {
    message: 'The answer was not ready within {seconds} s.',
    remedy: 'Ask again; if it happens often, the machine is too small for the index, or raise --timeout.',
  },
  XQG_ADDRESS_UNKNOWN: {
    message: 'There is nothing at {method} {path}.',
    remedy: 'GET /openapi.json names every address.',
  },
  XQG_HOST_REFUSED: {
    message: 'Requests for the host "{host}" are not answered.',
    remedy: 'Use the address that the server printed, or start it with --allow-host {host}.',
  },
  XQG_ORIGIN_REFUSED: {
    message: 'Pages from "{origin}" may not use this server.',
    remedy: 'Open its own page, or start it with --allow-origin {origin}.',
  },
  XQG_KEY_MISSING: {
    message: 'This server asks for a key.',
    remedy: 'Send the header "Authorization: Bearer KEY"; whoever runs the server makes keys (xqg keys add).',
  },
  XQG_KEY_UNKNOWN: {
    message: 'This server does not know the key {fingerprint}.',
    remedy: 'Check that it is complete; it may have been taken back (xqg keys list).',
  },
  XQG_KEY_RIGHT: {
    message: 'The key {fingerprint} has no right to {right}.',
    remedy: 'Ask whoever runs the server for a key with that right (xqg keys add --rights).',
  },
  XQG_KEY_NAMED: {
    message: 'The key file {file} {state} a key named "{name}".',
    remedy: 'xqg keys list --file {file} names them.',
  },
  XQG_KEY_FILE: {
    message: 'The key file {file} cannot be used: {reason}.',
    remedy: 'Mend it, or make a new one with xqg keys add.',
  },
  XQG_INDEX_UNKNOWN: {
    message: 'There is no index named "{index}" here.',
    remedy: 'GET /api/indexes names those that there are.',
  },
  XQG_INDEX_NAMED_TWICE: {
    message: 'Two indexes are named "{name}": {first} and {second}.',
    remedy: 'Name one of them otherwise: --index OTHER={second}',
  },
  XQG_JOB_UNKNOWN: {
    message: 'There is no job "{job}" here.',
    remedy: 'GET /api/jobs names those that there are; a restart forgets the finished ones.',
  },
  XQG_JOB_DIED: {
    message: 'The process that wrote the index ended early ({reason}).',
    remedy: 'Send the same again: what is done is kept. If memory was short, send fewer documents at once.',
  },
  XQG_JOB_CANCELLED: {
    message: 'The job was cancelled.',
    remedy: 'Send the same again: what is done is kept.',
  },
  XQG_DOCUMENT_REFUSED: {
    message: 'The document "{id}" is not within what the key may write ({filters}).',
    remedy: 'Give it metadata that fit, and an id that no other document has.',
  },
  XQG_EXPERIMENT_UNKNOWN: {
    message: 'There is no experiment named "{experiment}" here.',
    remedy: 'GET /api/experiments names those that there are (xqg serve --experiments DIR).',
  },
  XQG_RATE_LIMITED: {
    message: 'More than {limit} requests a minute came from this client.',
    remedy: 'Ask again in {seconds} s.',
  },
  XQG_SERVER_BUSY: {
    message: 'Too many {what} wait already.',
    remedy: 'Ask again in {seconds} s.',
  },
  XQG_SERVER_STOPPING: {
    message: 'The server is stopping.',
    remedy: 'Ask again once it has started.',
  },
  XQG_SERVER_ADDRESS: {
    message: 'Cannot listen on {host}, port {port}: {reason}.',
    remedy: 'Choose another --port, or end what listens there.',
  },
  XQG_SERVER_OPEN: {
    message: 'On {host} everybody who reaches this machine could search and change the indexes.',
    remedy: 'Name a key file with --keys (xqg keys add makes one), or say --no-keys if that is wanted.',
  },
  XQG_SERVER_UNREACHABLE: {
    message: 'No answer from {address}: {reason}.',
    remedy: 'Check that the server runs (xqg serve --index DIR) and that the address is right.',
  },
  // cli
  XQG_QUESTION_FILE: {
    message: '{file}, line {line}: {reason}.',
    remedy:
      'Write one question per line: an id, a tab and the text, or {"id": ..., "text": ..., "lang": ...}.',
  },
  XQG_UNWELL: {
    message: 'Not everything works: {checks}.',
    remedy: 'Do what stands under each of them, then run xqg doctor again.',
  },
  XQG_NOTHING_REMOVED: {
    message: 'Nothing in the index in {dir} fits {what}.',
    remedy: 'xqg status names the sources; a search with --json prints the ids of documents.',
  },
  XQG_USAGE: {
    message: '{problem}',
    remedy: 'Run {command} --help to see what it takes.',
  },
  XQG_BAD_OPTION: {
    message: 'These options cannot be used: {problems}.',
    remedy: 'Mend each of them, or leave it out to get its default (xqg COMMAND --help).',
  },
  XQG_UNEXPECTED: {
    message: 'Something unexpected happened: {reason}.',
    remedy:
      'This is a fault of xqg. Run again with XQG_DEBUG=1 for the stack, and report both; xqg doctor may say more.',
  },
  // store
  XQG_DISK_FULL: {
    message: 'No space is left for {path}.',
    remedy: 'Free some space and run the same command again: it goes on where it stopped.',
  },
  XQG_NO_PERMISSION: {
    message: 'Not allowed to read or write {path}.',
    remedy: 'Give yourself the permission, or choose another directory with --index.',
  },
  XQG_STORE_MISSING: {
    message: 'There is no store in {dir}.',
    remedy: 'Index something first: xqg index PATH --index DIR',
  },
  XQG_STORE_VERSION_GONE: {
    message: 'Version {version} of the store in {dir} was purged while it was being read.',
    remedy: 'Open the index again.',
  },
  XQG_VECTOR_LENGTH: {
    message: 'The vector of {what} has {found} numbers, but the index holds vectors of {expected}.',
    remedy: 'Use the encoder that the index was built with (xqg status names it), or build another index.',
  },
  XQG_VECTOR_NOT_FINITE: {
    message: 'The vector of {what} has the value {value} at place {place}.',
    remedy: 'The encoder is at fault: check its model file, or use another encoder.',
  },
  XQG_DUPLICATE_PASSAGE: {
    message: 'Two passages have the id "{id}".',
    remedy: 'Give every document an id of its own.',
  },
  // indexing
  XQG_INDEX_MISSING: {
    message: 'There is no index in {dir}.',
    remedy: 'Name the directory of an index with --index, or make one: xqg index PATH --index {dir}',
  },
  XQG_INDEX_DAMAGED: {
    message: '{path} cannot be read: {reason}.',
    remedy: 'Delete that directory and index again.',
  },
  XQG_INDEX_FORMAT: {
    message:
      'The index in {dir} has format {format} (written by xqg {version}); this xqg reads formats up to {known}.',
    remedy: 'Update xqg: npm install xqg@latest',
  },
  XQG_INDEX_ICU: {
    message:
      'The index in {dir} was made with ICU {index}, but this Node.js has ICU {given}: words may be cut elsewhere.',
    remedy:
      'Use the Node.js that made it (xqg status names it), or index again: xqg index PATH --index OTHER_DIR',
  },
  XQG_INDEX_IDENTITY: {
    message: 'The {what} of the index in {dir} is {index}, but {given} was given.',
    remedy:
      'Give the one of the index (xqg status names it), or index again: xqg index PATH --index OTHER_DIR',
  },
  XQG_INDEX_LOCKED: {
    message: 'Process {pid} on {host} is writing to the index in {dir}.',
    remedy: 'Wait until it has ended. If no such process is running there, delete {file}',
  },
  XQG_INDEX_INCOMPLETE: {
    message: '{done} of {expected} documents are indexed{reason}.',
    remedy: 'Run the same command again: what is done is kept.',
  },
  XQG_DOCUMENT_ID_TAKEN: {
    message: '{path}: the index holds a document "{id}" already, from {source}.',
    remedy: 'Take that source out first (xqg remove --source {source}), or rename one of the two.',
  },
  XQG_DUPLICATE_DOCUMENT: {
    message: '{path}: the id "{id}" was given to another document before.',
    remedy: 'Give every document an id of its own.',
  },
  XQG_QUERY_COUNT: {
    message:
      'The generator wrote {found} {language} queries for passage {id}, but {expected} were asked for.',
    remedy: 'The generator is at fault: use another one, or another number of queries per language.',
  },
} as const satisfies Record<string, { message: string; remedy: string }>;

export type ErrorCode = keyof typeof catalogue;
