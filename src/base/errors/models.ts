/** Models, endpoints, packs, glossaries and training. */
export const modelsErrors = {
  XQG_MODEL_MISSING: {
    message: 'The model {model} is not on this machine. Looked in: {places}.',
    remedy: '{remedy}',
  },
  XQG_MODEL_INCOMPLETE: {
    message: 'The model folder {folder} lacks {missing}; available graphs: {there}.',
    remedy:
      'Export the model to ONNX (optimum-cli export onnx), or name an available dtype in a card: --card \'{"dtype": "q8"}\'',
  },
  XQG_MODEL_DAMAGED: {
    message: '{file} cannot be used: {reason}.',
    remedy: 'Download the model again: its files are incomplete, or another program changed them.',
  },
  XQG_MODEL_DOWNLOAD: {
    message: 'The model {model} could not be downloaded: {problem}.',
    remedy:
      'Run the same command again: complete files are kept. Or put its files into a folder and name that folder.',
  },
  XQG_PACKAGE_MISSING: {
    message: '{what} needs a package that cannot be loaded: {reason}.',
    remedy: 'npm install {packages}',
  },
  XQG_ENDPOINT_SETTINGS: {
    message: 'The endpoint settings ({where}) cannot be used: {problems}.',
    remedy: 'docs/models.md lists what a settings file may contain.',
  },
  XQG_ENDPOINT_ADDRESS: {
    message: 'The address of the endpoint is not configured.',
    remedy:
      'Set OPENAI_BASE_URL, e.g. http://127.0.0.1:11434/v1, or name a settings file: --endpoint FILE',
  },
  XQG_REMOTE_REFUSED: {
    message: '{url} refused the request: {problem}.',
    remedy: 'Check the model name, and the key in the environment variable {variable}.',
  },
  XQG_REMOTE_FAILED: {
    message: '{url} gave no usable answer in {attempts} attempts; the last: {problem}.',
    remedy:
      'Run the same command again when the endpoint has recovered: answers that arrived are kept and not requested again.',
  },
  XQG_TEXT_REJECTED: {
    message: '{url} answers, but not for {what}: {problem}.',
    remedy:
      'Run the same command again to try just that once more. If the text is too long for the model, index it into a new index with a smaller --max-tokens.',
  },
  XQG_COST_LIMIT: {
    message: 'This run has spent {cost}, its limit is {limit}.',
    remedy:
      'Raise costLimit in the endpoint settings and run the same command again: answers that arrived are kept.',
  },
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
  XQG_GLOSSARY: {
    message: 'The glossary {file} cannot be used: {problems}.',
    remedy:
      'Write CSV in UTF-8: a header row of language codes such as en,de,fi, then one concept per row; several terms in a cell are separated by "|".',
  },
  XQG_PACK_EXISTS: {
    message: '{folder} already contains a pack.',
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
    remedy: 'Fix or delete that line; columns are separated by tabs.',
  },
} as const;
