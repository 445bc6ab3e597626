/** The command line. */
export const cliErrors = {
  XQG_QUESTION_FILE: {
    message: '{file}, line {line}: {reason}.',
    remedy:
      'Write one question per line: an id, a tab and the text, or {"id": ..., "text": ..., "lang": ...}. docs/datasets.md lists the formats.',
  },
  XQG_RATES_FILE: {
    message: 'The rates in {file} cannot be used: {problems}.',
    remedy:
      'Write them with xqg plan --json on the machine that they describe, and edit them there.',
  },
  XQG_UNWELL: {
    message: 'Not everything works: {checks}.',
    remedy: 'Follow the advice under each of them, then run xqg doctor again.',
  },
  XQG_NOTHING_REMOVED: {
    message: 'Nothing in the index in {dir} matches {what}.',
    remedy: 'xqg status lists the sources; a search with --json prints the ids of documents.',
  },
  XQG_USAGE: {
    message: '{problem}',
    remedy: 'Run {command} --help to see its arguments.',
  },
  XQG_BAD_OPTION: {
    message: 'These options cannot be used: {problems}.',
    remedy: 'Fix each of them, or leave it out to use its default (xqg COMMAND --help).',
  },
  XQG_UNEXPECTED: {
    message: 'Something unexpected happened: {reason}.',
    remedy:
      'This is a bug in xqg. Run again with XQG_DEBUG=1 for the stack, and report both; xqg doctor may say more.',
  },
} as const;
