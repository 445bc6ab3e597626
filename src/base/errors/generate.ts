/** Generated queries, and expanded questions. */
export const generateErrors = {
  XQG_RECORDED_FILE: {
    message: 'Cannot read the recorded queries in {file}: {reason}.',
    remedy: 'Check the path; if the file is damaged, download or record it again.',
  },
  XQG_RECORDED_ROW: {
    message: '{file}, line {line}: {reason}.',
    remedy:
      'Fix or delete that line; rows are {"docid": ..., "generated_queries": {"ar": ["...", ...], ...}}.',
  },
  XQG_RECORDED_MISSING: {
    message: 'There are no {what} in {files}.',
    remedy:
      'Record what is missing, or request fewer queries or languages; ids are those of passages, not of documents.',
  },
  XQG_UNKNOWN_GENERATOR: {
    message: 'Unknown generator "{generator}".',
    remedy:
      'Use lexicon, gloss, none, hf:NAME, the path of a model folder (with a slash), openai:MODEL, or a .jsonl(.gz) file of recorded queries.',
  },
  XQG_UNKNOWN_SCORER: {
    message: 'Unknown query scorer "{scorer}".',
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
  XQG_UNKNOWN_EXPANDER: {
    message: 'Unknown question expander "{expander}".',
    remedy: 'Use openai:MODEL, or a .jsonl file of recorded expansions (docs/models.md).',
  },
  XQG_EXPANSION_ROW: {
    message: '{file}, line {line}: not a recorded expansion: {reason}.',
    remedy:
      'Write one JSON object per line: {"question": "...", "text": "...", "lang": "de"}; lang is optional.',
  },
  XQG_EXPANSION_MISSING: {
    message: '{file} lacks the expansion of {count} questions, the first: {question}.',
    remedy: 'Write them: xqg expand --queries FILE --by openai:MODEL prints the rows.',
  },
} as const;
