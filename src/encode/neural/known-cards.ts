/**
 * Cards of encoders that the literature names, for what their own files do not say. Data only.
 * `measured`: run here against golden vectors; the others are written down from their documentation
 * and say so in docs/models.md.
 */

import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { graphsOf, incomplete, modelJson } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import { type CardFields, DTYPE_SUFFIX, type Dtype, type ModelCard } from './card.js';

export interface KnownCard {
  /** Name on the hub; a folder matches by the part after the slash. */
  readonly names: readonly string[];
  /** Also every model with this `model_type`. */
  readonly modelType?: string;
  readonly card: CardFields;
  readonly license: string;
  readonly languages: string;
  readonly dim: number;
  readonly measured: boolean;
  /** What one should know before using it. */
  readonly note: string;
}

const UNSTATED_PREFIXES = { queryPrefix: '', passagePrefix: '' };

export const KNOWN_CARDS: readonly KnownCard[] = [
  {
    names: ['use-multilingual-v3'],
    modelType: 'use-multilingual-v3',
    card: {
      pooling: 'given',
      normalize: true,
      ...UNSTATED_PREFIXES,
      queryTokens: 512,
      passageTokens: 512,
    },
    license: 'Apache-2.0',
    languages: 'ar de en es fr it ja ko nl pl pt ru th tr zh',
    dim: 512,
    measured: true,
    note: 'Not trained on Greek, Hindi or Vietnamese.',
  },
  {
    names: ['sentence-transformers/all-MiniLM-L6-v2', 'Xenova/all-MiniLM-L6-v2'],
    card: {
      pooling: 'mean',
      normalize: true,
      ...UNSTATED_PREFIXES,
      queryTokens: 256,
      passageTokens: 256,
    },
    license: 'Apache-2.0',
    languages: 'en',
    dim: 384,
    measured: true,
    note: 'English only.',
  },
  {
    names: ['ielabgroup/bert-base-multilingual-cased-xor-tydi'],
    card: {
      pooling: 'cls',
      normalize: false,
      ...UNSTATED_PREFIXES,
      queryTokens: 32,
      passageTokens: 128,
    },
    license: 'see the hub',
    languages: '104, trained on ar bn fi ja ko ru te',
    dim: 768,
    measured: false,
    note: 'The retriever of the xQG paper; profile `paper` fits it.',
  },
  {
    names: ['google-bert/bert-base-multilingual-cased', 'Xenova/bert-base-multilingual-cased'],
    card: {
      pooling: 'mean',
      normalize: true,
      ...UNSTATED_PREFIXES,
      queryTokens: 128,
      passageTokens: 512,
    },
    license: 'Apache-2.0',
    languages: '104',
    dim: 768,
    measured: false,
    note: 'Not trained for retrieval: a baseline of the literature, weak on its own.',
  },
  {
    names: ['FacebookAI/xlm-roberta-base', 'Xenova/xlm-roberta-base'],
    card: {
      pooling: 'mean',
      normalize: true,
      ...UNSTATED_PREFIXES,
      queryTokens: 128,
      passageTokens: 512,
    },
    license: 'MIT',
    languages: '100',
    dim: 768,
    measured: false,
    note: 'Not trained for retrieval: a baseline of the literature, weak on its own.',
  },
  {
    names: ['sentence-transformers/LaBSE', 'Xenova/LaBSE'],
    card: {
      pooling: 'cls',
      normalize: true,
      ...UNSTATED_PREFIXES,
      queryTokens: 256,
      passageTokens: 256,
    },
    license: 'Apache-2.0',
    languages: '109',
    dim: 768,
    measured: false,
    note: 'Needs an export that holds its dense layer, with the output sentence_embedding.',
  },
  ...(['small', 'base', 'large'] as const).map(
    (size): KnownCard => ({
      names: [`intfloat/multilingual-e5-${size}`, `Xenova/multilingual-e5-${size}`],
      card: {
        pooling: 'mean',
        normalize: true,
        queryPrefix: 'query: ',
        passagePrefix: 'passage: ',
        queryTokens: 512,
        passageTokens: 512,
      },
      license: 'MIT',
      languages: '94',
      dim: { small: 384, base: 768, large: 1024 }[size],
      // The small one ships with xqg.
      measured: size === 'small',
      note: 'Without its prefixes it is much worse; they are added here.',
    }),
  ),
  {
    names: ['BAAI/bge-m3', 'Xenova/bge-m3'],
    card: {
      pooling: 'cls',
      normalize: true,
      ...UNSTATED_PREFIXES,
      queryTokens: 512,
      passageTokens: 8192,
    },
    license: 'MIT',
    languages: '100',
    dim: 1024,
    measured: false,
    note: 'Its dense vectors only.',
  },
  ...['paraphrase-multilingual-MiniLM-L12-v2', 'paraphrase-multilingual-mpnet-base-v2'].map(
    (name): KnownCard => ({
      names: [`sentence-transformers/${name}`, `Xenova/${name}`],
      card: {
        pooling: 'mean',
        normalize: true,
        ...UNSTATED_PREFIXES,
        queryTokens: 128,
        passageTokens: 128,
      },
      license: 'Apache-2.0',
      languages: '50',
      dim: name.includes('mpnet') ? 768 : 384,
      measured: false,
      note: 'Made for paraphrases; longer passages are cut at 128 tokens.',
    }),
  ),
];

/**
 * The card of a model by its name on the hub or the name of its folder, or by its type; null if
 * there is none.
 */
export function knownCard(name: string, modelType?: string): KnownCard | null {
  const short = name.split('/').at(-1)?.toLowerCase();
  return (
    KNOWN_CARDS.find(({ names }) =>
      names.some((known) => known.toLowerCase() === name.toLowerCase()),
    ) ??
    KNOWN_CARDS.find(({ names }) =>
      names.some((known) => known.split('/').at(-1)?.toLowerCase() === short),
    ) ??
    KNOWN_CARDS.find((known) => known.modelType !== undefined && known.modelType === modelType) ??
    null
  );
}

/** Where nothing says how long a text may be. */
const LONGEST_TOKENS = 512;

/**
 * Module types of sentence-transformers that are reproduced; the transformer itself is the graph.
 */
const MODULES = ['Transformer', 'Pooling', 'Normalize'];

/**
 * @param stated wins over the model's own files, which win over our cards
 * @param outputs of the graph: one with `sentence_embedding` has all of the model's layers in it
 * @throws XqgError XQG_MODEL_POOLING for a model whose pooling nobody states, XQG_MODEL_MODULE for
 * a layer that cannot be reproduced, XQG_MODEL_DAMAGED
 */
export function readCard(
  { name, folder }: FoundModel,
  dtype: Dtype,
  outputs: readonly string[],
  stated: CardFields = {},
): ModelCard {
  const given = outputs.includes('sentence_embedding') && stated.pooling === undefined;
  const modelType = modelJson(folder, 'config.json')?.model_type as string | undefined;
  const own = ownFields(folder, given || stated.pooling !== undefined);
  const merged: CardFields = {
    ...knownCard(name, modelType)?.card,
    ...own,
    ...definedOnly(stated),
  };
  const pooling = given ? 'given' : merged.pooling;
  if (pooling === undefined) throw new XqgError('XQG_MODEL_POOLING', { model: name });
  const needed = pooling === 'given' ? 'sentence_embedding' : 'last_hidden_state';
  if (
    !outputs.includes(needed) &&
    !(needed === 'last_hidden_state' && outputs.includes('token_embeddings'))
  ) {
    throw new XqgError('XQG_MODEL_OUTPUT', {
      model: name,
      pooling,
      needed,
      outputs: outputs.join(', '),
    });
  }
  const longest = tokenizerLimit(folder);
  return {
    pooling,
    normalize: merged.normalize ?? false,
    queryPrefix: merged.queryPrefix ?? '',
    passagePrefix: merged.passagePrefix ?? '',
    queryTokens: merged.queryTokens ?? longest,
    passageTokens: merged.passageTokens ?? longest,
    dtype,
  };
}

/**
 * The graph of a dtype, relative to the folder; without one fp32's, or the only one that is there.
 * @throws XqgError XQG_MODEL_INCOMPLETE
 */
export function chooseGraph(
  folder: string,
  dtype: Dtype | undefined,
): { dtype: Dtype; graph: string } {
  const graphs = graphsOf(folder);
  const found = (Object.keys(DTYPE_SUFFIX) as Dtype[]).flatMap((each) => {
    const graph = graphs.find(
      (path) => path.split('/').at(-1) === `model${DTYPE_SUFFIX[each]}.onnx`,
    );
    return graph === undefined ? [] : [{ dtype: each, graph }];
  });
  const preferred = dtype ?? (found.length === 1 ? found[0].dtype : 'fp32');
  const chosen = found.find((each) => each.dtype === preferred);
  if (chosen === undefined)
    throw incomplete(folder, `onnx/model${DTYPE_SUFFIX[preferred]}.onnx (dtype ${preferred})`);
  return chosen;
}

interface Module {
  readonly type: string;
  readonly path: string;
}

/** What the model's own files state. */
function ownFields(folder: string, layersInGraph: boolean): CardFields {
  const fields: { -readonly [K in keyof CardFields]: CardFields[K] } = {};
  const modules = modelJson(folder, 'modules.json') as unknown as readonly Module[] | null;
  if (modules !== null) fields.normalize = false;
  for (const { type, path } of modules ?? []) {
    const module = type.split('.').at(-1)!;
    if (module === 'Pooling')
      fields.pooling = poolingOf(modelJson(folder, join(path, 'config.json')) ?? {});
    if (module === 'Normalize') fields.normalize = true;
    if (!MODULES.includes(module) && !layersInGraph)
      throw new XqgError('XQG_MODEL_MODULE', { folder, module });
  }
  const sentences = modelJson(folder, 'config_sentence_transformers.json');
  const prompts = (sentences?.prompts ?? {}) as Record<string, string>;
  fields.queryPrefix = prompts.query || undefined;
  fields.passagePrefix = prompts.passage || prompts.document || undefined;
  if (sentences?.similarity_fn_name === 'cosine') fields.normalize = true;
  const length = modelJson(folder, 'sentence_bert_config.json')?.max_seq_length;
  if (typeof length === 'number') {
    fields.queryTokens = length;
    fields.passageTokens = length;
  }
  return definedOnly(fields);
}

function poolingOf(config: Record<string, unknown>): 'cls' | 'mean' | 'last' | undefined {
  if (config.pooling_mode_cls_token === true) return 'cls';
  if (config.pooling_mode_mean_tokens === true) return 'mean';
  if (config.pooling_mode_lasttoken === true) return 'last';
  return undefined;
}

function tokenizerLimit(folder: string): number {
  const limit = modelJson(folder, 'tokenizer_config.json')?.model_max_length;
  // Tokenizers without a limit state an astronomic one.
  return typeof limit === 'number' && limit < LONGEST_TOKENS ? limit : LONGEST_TOKENS;
}

function definedOnly<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
