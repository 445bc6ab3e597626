/** Encoders and files of vectors. */
export const encodeErrors = {
  XQG_VECTOR_FILE: {
    message: 'Cannot use the vectors in {file}: {reason}.',
    remedy: 'Write the file again, or fix the list of vector files (docs/datasets.md shows one).',
  },
  XQG_VECTOR_ROW: {
    message: '{file}, row {row}: {reason}.',
    remedy: 'Encode that text again, or remove the row together with its id.',
  },
  XQG_VECTORS_MISSING: {
    message: 'The files of {file} lack vectors: {list}.',
    remedy:
      'Write the texts with their ids (xqg experiment texts EXPERIMENT.yaml --out FOLDER), encode them, and add them to the manifest; docs/datasets.md shows one.',
  },
  XQG_VECTOR_UNKNOWN: {
    message: 'There is no vector for the {what} in the files of {file}.',
    remedy:
      'Encode it and add it to the files: this encoder only looks vectors up. Check "lang" if ids are shared by languages.',
  },
  XQG_UNKNOWN_ENCODER: {
    message: 'Unknown encoder "{encoder}".',
    remedy: 'Use e5, static, hf:NAME, the path of a model folder (with a slash), or openai:MODEL.',
  },
  XQG_MODEL_CARD: {
    message: 'The card {card} cannot be used: {problems}.',
    remedy: 'docs/models.md lists the fields of a card.',
  },
  XQG_MODEL_POOLING: {
    message: 'The pooling of {model} is not known.',
    remedy:
      'State it as its authors do, e.g. --card \'{"pooling": "mean", "normalize": true}\' (cls, mean, last; docs/models.md)',
  },
  XQG_MODEL_MODULE: {
    message:
      'The model in {folder} has a layer "{module}" after pooling, which its graph does not contain.',
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
      'Run the same command again: finished work is kept. xqg models check MODEL says whether the model works.',
  },
} as const;
