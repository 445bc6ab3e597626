/** Languages, and reading documents. */
export const corpusErrors = {
  XQG_UNKNOWN_LANGUAGE: {
    message: 'Unknown language "{language}" ({where}).',
    remedy: 'Use one of {known}, or train a pack that knows it (xqg pack train).',
  },
  XQG_NOT_A_LANGUAGE: {
    message: '"{given}" is no code of a language ({where}).',
    remedy: 'Write {lang}, the code of {name}.',
  },
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
    remedy: 'Name files, or folders with files of these formats: {known}.',
  },
  XQG_CORPUS_UNKNOWN_FORMAT: {
    message: 'The format of {path} is not supported.',
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
    message: '{file}, line {line}, byte {offset}: a NUL byte, so this is not a text file.',
    remedy:
      'Leave it out; or, if it is UTF-16 or UTF-32 without a byte order mark, convert it to UTF-8 with iconv.',
  },
  XQG_CORPUS_EMPTY: {
    message: '{file} contains no text.',
    remedy: 'Leave it out; a scanned document needs text recognition (OCR) first.',
  },
  XQG_CORPUS_TOO_LARGE: {
    message: '{file} has {bytes} bytes, more than the limit of {limit} for a whole file.',
    remedy:
      'Split it into several files, or convert it to JSONL (id, title, text, lang), which is read line by line.',
  },
  XQG_CORPUS_UNPACKED: {
    message: '{file} unpacks to more than {limit} bytes of text.',
    remedy: 'Split it into several documents; if it is not yours, it may be made to fill memories.',
  },
  XQG_CORPUS_LONG_LINE: {
    message: '{file}, line {line}: longer than {limit} characters.',
    remedy:
      'Split that row; if the file is one JSON array, write one object per line (jq -c ".[]").',
  },
  XQG_CORPUS_BROKEN_FILE: {
    message: '{file} cannot be read as {format}: {reason}.',
    remedy: 'Open it in a program that can repair it and save it again, or leave it out.',
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
} as const;
