/**
 * Every error that xqg raises on purpose. `message` says what happened, with the values in braces;
 * `remedy` says what to do. docs/errors.md is written from this list by `npm run docs:errors`; a
 * test holds the two together.
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
    remedy:
      'Convert the file to UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 {file} > converted',
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
    remedy:
      'Give each its own id; for files of the same name, index their common parent folder instead.',
  },
  XQG_CORPUS_BUDGET: {
    message: 'A passage cannot be limited to {value} tokens.',
    remedy: 'Use a whole number from {least} upwards.',
  },
  // generate
  XQG_RECORDED_FILE: {
    message: 'Cannot read the recorded queries in {file}: {reason}.',
    remedy: 'Check the path; if the file is damaged, download or record it anew.',
  },
  XQG_RECORDED_ROW: {
    message: '{file}, line {line}: {reason}.',
    remedy:
      'Mend or delete that line; rows are {"docid": ..., "generated_queries": {"ar": ["...", ...], ...}}.',
  },
  XQG_RECORDED_MISSING: {
    message: 'There are no {what} in {files}.',
    remedy:
      'Record what is missing, or ask for fewer queries or languages; ids are those of passages, not of documents.',
  },
  // encode
  XQG_VECTOR_FILE: {
    message: 'Cannot use the vectors in {file}: {reason}.',
    remedy:
      'Write the file again, or correct the list of vector files (docs/datasets.md shows one).',
  },
  XQG_VECTOR_ROW: {
    message: '{file}, row {row}: {reason}.',
    remedy: 'Encode that text again, or remove the row together with its id.',
  },
  XQG_VECTOR_UNKNOWN: {
    message: 'There is no vector for the {what} in the files of {file}.',
    remedy:
      'Encode it and add it to the files: this encoder only looks vectors up. Check "lang" if ids are shared by languages.',
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
  XQG_DATA_UNKNOWN: {
    message: 'Unknown {what}.',
    remedy: 'There are {known} (xqg data list).',
  },
  XQG_DATA_MISSING: {
    message: 'There is no {file} to copy.',
    remedy:
      'Give the folder that holds the folders of data sets with --from, or leave --from out to download.',
  },
  XQG_DATA_INCOMPLETE: {
    message: '{bad} of {all} files in {dir} are missing, changed or of unknown hash.',
    remedy: 'Get them: xqg data get {names} --dir {dir}',
  },
  XQG_DOWNLOAD: {
    message: 'Cannot download {url}: {reason}.',
    remedy:
      'Run the same command again, it goes on where it stopped; without internet copy with --from.',
  },
  XQG_DOWNLOAD_HASH: {
    message: '{url} has the sha256 {found}, but {expected} was expected.',
    remedy:
      'Get it again; if it is the same again, the file was changed where it is published: report it.',
  },
  XQG_RUN_ID: {
    message: 'The id "{id}" holds a tab or a line break and cannot be written to a TREC run.',
    remedy: 'Rename it in the data.',
  },
  // experiment
  XQG_EXPERIMENT_FILE: {
    message: 'Cannot read the experiment file {file}: {reason}.',
    remedy: 'Check the path, or write a commented example: xqg experiment init {file}',
  },
  XQG_EXPERIMENT_INVALID: {
    message: 'The experiment file {file} cannot be used ({count} problems):{list}',
    remedy: 'Correct these lines. docs/experiments.md and xqg experiment init explain every key.',
  },
  XQG_EXPERIMENT_TUNED_ON_REPORTED: {
    message:
      '{tuning} shares {count} questions with {reported}, which is reported, "{question}" first.',
    remedy:
      'Tune on other data: parameters that were chosen on the reported questions make the report worthless.',
  },
  XQG_EXPERIMENT_EMPTY: {
    message: '{dataset} has no question for the setting {setting}.',
    remedy: 'Choose another setting or more languages under data.',
  },
  XQG_REPRODUCE_MATRIX: {
    message: 'Cannot read the matrix {file}: {reason}.',
    remedy:
      'The matrix of xqg is in its repository: experiments/reproduce.json; name another one with --matrix.',
  },
  XQG_NOT_REPRODUCED: {
    message: '{failed} of {rows} figures are not what was measured before.',
    remedy:
      'See the rows marked FAIL; if the change is meant, put the new figure into experiments/reproduce.json.',
  },
  XQG_EXPERIMENT_EXISTS: {
    message: '{file} is there already.',
    remedy: 'Choose another name, or delete it first.',
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
  // models
  XQG_MODEL_MISSING: {
    message: 'The model {model} is not on this machine. Looked in: {places}.',
    remedy: '{mend}',
  },
  XQG_MODEL_INCOMPLETE: {
    message: 'The model folder {folder} lacks {missing}; graphs that are there: {there}.',
    remedy:
      'Export the model to ONNX (optimum-cli export onnx), or name a dtype that is there in a card: --card \'{"dtype": "q8"}\'',
  },
  XQG_MODEL_DAMAGED: {
    message: '{file} cannot be used: {reason}.',
    remedy: 'Get the model again: its files are incomplete, or another program changed them.',
  },
  XQG_MODEL_DOWNLOAD: {
    message: 'The model {model} could not be fetched: {problem}.',
    remedy:
      'Run the same command again: what is whole is kept. Or put its files into a folder and name that.',
  },
  XQG_PACKAGE_MISSING: {
    message: '{what} needs packages that are not installed ({reason}).',
    remedy: 'npm install {packages}',
  },
  // remote
  XQG_ENDPOINT_SETTINGS: {
    message: 'The endpoint settings ({where}) cannot be used: {problems}.',
    remedy: 'docs/models.md lists what a settings file may hold.',
  },
  XQG_ENDPOINT_ADDRESS: {
    message: 'Nothing says where the endpoint is.',
    remedy:
      'Set OPENAI_BASE_URL, e.g. http://127.0.0.1:11434/v1, or name a settings file: --endpoint FILE',
  },
  XQG_REMOTE_REFUSED: {
    message: '{url} refuses the request: {problem}.',
    remedy: 'Check the model name, and the key in the environment variable {variable}.',
  },
  XQG_REMOTE_FAILED: {
    message: '{url} gave no usable answer in {attempts} attempts; the last: {problem}.',
    remedy:
      'Run the same command again when the endpoint is well: answers that arrived are kept and not asked for again.',
  },
  XQG_COST_LIMIT: {
    message: 'This run has spent {cost}, its limit is {limit}.',
    remedy:
      'Raise costLimit in the endpoint settings and run the same command again: answers that arrived are kept.',
  },
  // generate
  XQG_UNKNOWN_GENERATOR: {
    message: 'Unknown generator "{generator}".',
    remedy:
      'Use lexicon, gloss, none, hf:NAME, the path of a model folder (with a slash), openai:MODEL, or a .jsonl(.gz) file of recorded queries.',
  },
  XQG_UNKNOWN_SCORER: {
    message: 'Nothing scores queries by "{scorer}".',
    remedy: 'Use any of {known}.',
  },
  XQG_FILTER_THRESHOLD: {
    message: 'Cannot read the threshold "{part}".',
    remedy:
      'Write name>=number with a number from 0 to 1, separated by commas, e.g. --keep "language>=0.5,form>=1"',
  },
  XQG_PROMPT: {
    message: 'The prompt {path} cannot be used: {problem}.',
    remedy: 'Copy one of prompts/ and change it; names in braces are filled in (docs/models.md).',
  },
  // glossary
  XQG_GLOSSARY: {
    message: 'The glossary {file} cannot be used: {problems}.',
    remedy:
      'Write CSV in UTF-8: a header row of language codes such as en,de,fi, then one concept a row; several terms of a cell are parted by "|".',
  },
  // expand
  XQG_UNKNOWN_EXPANDER: {
    message: 'Nothing expands questions by the name "{expander}".',
    remedy: 'Use openai:MODEL, or a .jsonl file of recorded expansions (docs/models.md).',
  },
  XQG_EXPANSION_ROW: {
    message: '{file}, line {line}: no recorded expansion, since {reason}.',
    remedy:
      'Write one JSON object a line: {"question": "...", "text": "...", "lang": "de"}; lang may be left out.',
  },
  XQG_EXPANSION_MISSING: {
    message: '{file} lacks the expansion of {count} questions, the first: {question}.',
    remedy: 'Write them: xqg expand --queries FILE --by openai:MODEL prints the rows.',
  },
  // encode
  XQG_UNKNOWN_ENCODER: {
    message: 'Unknown encoder "{encoder}".',
    remedy: 'Use static, hf:NAME, the path of a model folder (with a slash), or openai:MODEL.',
  },
  XQG_MODEL_CARD: {
    message: 'The card {card} cannot be used: {problems}.',
    remedy: 'docs/models.md lists the fields of a card.',
  },
  XQG_MODEL_POOLING: {
    message: 'Nothing says how the vectors of {model} are pooled.',
    remedy:
      'State it as its authors do, e.g. --card \'{"pooling": "mean", "normalize": true}\' (cls, mean, last; docs/models.md)',
  },
  XQG_MODEL_MODULE: {
    message:
      'The model in {folder} has a layer "{module}" after pooling, which its graph does not hold.',
    remedy:
      'Export it with that layer (optimum-cli export onnx gives the output sentence_embedding), or state the pooling in a card to leave the layer out.',
  },
  XQG_MODEL_OUTPUT: {
    message: 'The graph of {model} yields {outputs}; pooling {pooling} needs {needed}.',
    remedy: 'State another pooling in a card (docs/models.md), or export the model again.',
  },
  XQG_MODEL_BATCH: {
    message:
      'The graph of {model} is quantized dynamically: in batches of {batch} a text would change the vectors beside it.',
    remedy: 'Leave the batch at 1, or use a dtype that is not quantized.',
  },
  XQG_ENCODER_FAILED: {
    message: 'The encoder failed: {reason}.',
    remedy:
      'Run the same command again: what is done is kept. xqg models check MODEL says whether the model works.',
  },
  // train
  XQG_PACK_EXISTS: {
    message: '{folder} holds a pack already.',
    remedy: 'Choose another --out folder, or delete that one first.',
  },
  XQG_TRAINING_EMPTY: {
    message: 'No word of "{language}" could be linked with an English one.',
    remedy:
      'Check that the first column is English and the second one the language, and add more rows.',
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
    remedy:
      'Run xqg doctor to see what else is affected, then index again: what is still valid is kept.',
  },
  XQG_SEGMENT_VERSION: {
    message: 'The lexical segment {path} has format {version}; this xqg reads format {known}.',
    remedy: 'Update xqg, or index again with this version.',
  },
  XQG_ANN_PACKAGE: {
    message: 'An ANN index needs the package usearch, which does not load: {reason}.',
    remedy: 'npm install usearch   (exact search works without)',
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
      'Build it again with xqg ann build, or drop it with xqg ann drop; exact search works without.',
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
    remedy:
      'Ask again; if it happens often, the machine is too small for the index, or raise --timeout.',
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
    remedy:
      'Send the header "Authorization: Bearer KEY"; whoever runs the server makes keys (xqg keys add).',
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
  XQG_NO_EXPANDER: {
    message: 'This server has nothing that expands questions.',
    remedy: 'Ask without "expand", or start the server with --expand (docs/models.md).',
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
    remedy:
      'Send the same again: what is done is kept. If memory was short, send fewer documents at once.',
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
    remedy:
      'Name a key file with --keys (xqg keys add makes one), or say --no-keys if that is wanted.',
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
  XQG_RATES_FILE: {
    message: 'The rates in {file} cannot be used: {problems}.',
    remedy:
      'Write them with xqg plan --json on the machine that they are of, and correct them there.',
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
  XQG_STORE_ADDRESS: {
    message: 'The store {address} cannot be used: {reason}.',
    remedy:
      'Write it as {form}; credentials come from XQG_OPENSEARCH_USER and XQG_OPENSEARCH_PASSWORD (docs/opensearch.md).',
  },
  XQG_STORE_PACKAGE_MISSING: {
    message: 'The client of OpenSearch cannot be loaded ({reason}).',
    remedy: 'npm install @opensearch-project/opensearch',
  },
  XQG_STORE_UNREACHABLE: {
    message: 'Nothing answers at {store}: {reason}.',
    remedy:
      'Start the cluster or mend the address, then run the same command again: it goes on where it stopped.',
  },
  XQG_STORE_REFUSED: {
    message: '{store} refuses this user (status {status}: {reason}).',
    remedy:
      'Set XQG_OPENSEARCH_USER and XQG_OPENSEARCH_PASSWORD to a user who may read and write the index (docs/opensearch.md).',
  },
  XQG_STORE_FULL: {
    message: '{store} takes nothing any more: {reason}.',
    remedy:
      'Free some space on its disks or add a node, lift the block (index.blocks.read_only_allow_delete: null), and run the same command again: it goes on where it stopped.',
  },
  XQG_STORE_BUSY: {
    message: '{store} is too busy, or some of its shards have no node (status {status}: {reason}).',
    remedy:
      'Look at _cluster/health; when the cluster has its nodes again, run the same command again: it goes on where it stopped.',
  },
  XQG_STORE_REJECTED: {
    message: '{store} does not do what was asked (status {status}: {reason}).',
    remedy: 'Use OpenSearch 2.19 or later with the k-NN plugin (docs/opensearch.md).',
  },
  XQG_STORE_FOREIGN: {
    message: '{store} names {index}, which xqg did not make.',
    remedy: 'Choose another name behind the last slash of --store.',
  },
  XQG_STORE_LOCKED: {
    message: 'Another writer is at work in {store}: {owner}, seen {seconds} s ago.',
    remedy:
      'Wait until it is done. If it was killed, run the same command again in two minutes, or at once with its --index.',
  },
  XQG_STORE_OTHER: {
    message: 'The index in {dir} is kept in {index}, but {given} was given.',
    remedy:
      'Leave --store out, or use another directory; xqg copy brings an index into another store.',
  },
  XQG_STORE_WHOLE: {
    message: '{what} needs all rows at hand; the index in {dir} is kept in {store}.',
    remedy: 'Bring it here first: xqg copy --from {dir} --to OTHER_DIR',
  },
  XQG_COPY_OTHER: {
    message: 'The index in {to} is no unfinished copy of {from}: {reason}.',
    remedy: 'Name another directory or store to copy to.',
  },
  XQG_STORE_VERSION_GONE: {
    message: 'Version {version} of the store in {dir} was purged while it was being read.',
    remedy: 'Open the index again.',
  },
  XQG_VECTOR_LENGTH: {
    message: 'The vector of {what} has {found} numbers, but the index holds vectors of {expected}.',
    remedy:
      'Use the encoder that the index was built with (xqg status names it), or build another index.',
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
    remedy:
      'Name the directory of an index with --index, or make one: xqg index PATH --index {dir}',
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
    remedy:
      'The generator is at fault: use another one, or another number of queries per language.',
  },
  // distribute
  XQG_QUEUE_PACKAGE: {
    message: '{what} needs the package {package}, which cannot be loaded: {reason}.',
    remedy: 'npm install {package}',
  },
  XQG_QUEUE_ADDRESS: {
    message: 'The address of the queue cannot be used: {problem}.',
    remedy: 'Write it like redis://127.0.0.1:6379; a password may come from XQG_QUEUE_PASSWORD.',
  },
  XQG_QUEUE_UNREACHABLE: {
    message: 'The queue at {queue} does not answer: {problem}.',
    remedy:
      'Start the Redis server there, or correct --queue and XQG_QUEUE_PASSWORD. Parts that are done are kept.',
  },
  XQG_QUEUE_FAILED: {
    message: 'The queue at {queue} refuses a command: {problem}.',
    remedy:
      'Give the Redis server what it lacks, then run the same command again: parts that are done are kept.',
  },
  XQG_QUEUE_RECIPE: {
    message: 'The {what} was brought as an object, which cannot be sent to workers.',
    remedy: 'Name it by a spec that workers can open too, e.g. hf:NAME, or index without a queue.',
  },
  XQG_PARTS_PLACE: {
    message: 'Parts cannot be kept at {place}.',
    remedy: 'Name a folder that the workers share, or s3://bucket/prefix.',
  },
  XQG_PARTS_STORAGE: {
    message: 'The storage of parts at {place} does not do what it should: {problem}.',
    remedy:
      'Check address and keys (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...), then run the same command again.',
  },
  XQG_PARTS_UNSEEN: {
    message: 'This machine does not see the parts of the run in {place}.',
    remedy: 'Say where they lie here: xqg worker --parts DIR (or s3://bucket/prefix)',
  },
  XQG_PARTS_INCOMPLETE: {
    message:
      '{done} of {parts} parts done, {setAside} set aside; the first because of this: {reason}',
    remedy:
      'Mend the cause and run the same command again with --retry-failed: what is done is kept.',
  },
  XQG_PART_SET_ASIDE: {
    message: '{path} is in part {part} of {passages} passages, which was set aside: {reason}',
    remedy: 'Mend the cause and run the same command again with --retry-failed.',
  },
  XQG_PART_DAMAGED: {
    message: 'The part {place} cannot be used: {reason}.',
    remedy: 'Run the same xqg index command again with --retry-failed: the part is made anew.',
  },
  XQG_PART_IDENTITY: {
    message: 'The part {place} was made with the {what} {part}, but the index has {index}.',
    remedy: 'Delete that file and run the same command again: the part is made anew.',
  },
  XQG_WORKER_IDENTITY: {
    message: 'The parts are to be made with the {what} {plan}, but this worker has {worker}.',
    remedy: '{remedy}.',
  },
} as const satisfies Record<string, { message: string; remedy: string }>;

export type ErrorCode = keyof typeof catalogue;
