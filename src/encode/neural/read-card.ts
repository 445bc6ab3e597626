/**
 * The card of a model in a folder: what its own files say (sentence-transformers' modules, pooling, prompts and lengths),
 * what our card adds, and what the user states, which wins. Knows no runtime.
 */
import { join } from 'node:path';
import { XqgError } from '../../errors/error.js';
import { graphsOf, incomplete, modelJson } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import { type CardFields, DTYPE_SUFFIX, type Dtype, type ModelCard } from './card.js';
import { knownCard } from './known-cards.js';

/** Where nothing says how long a text may be. */
const LONGEST_TOKENS = 512;

/** Module types of sentence-transformers that are reproduced; the transformer itself is the graph. */
const MODULES = ['Transformer', 'Pooling', 'Normalize'];

/**
 * @param stated wins over the model's own files, which win over our cards
 * @param outputs of the graph: one with `sentence_embedding` has all of the model's layers in it
 * @throws XqgError XQG_MODEL_POOLING for a model whose pooling nobody states, XQG_MODEL_MODULE for a layer that cannot be
 * reproduced, XQG_MODEL_DAMAGED
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
  const merged: CardFields = { ...knownCard(name, modelType)?.card, ...own, ...definedOnly(stated) };
  const pooling = given ? 'given' : merged.pooling;
  if (pooling === undefined) throw new XqgError('XQG_MODEL_POOLING', { model: name });
  const needed = pooling === 'given' ? 'sentence_embedding' : 'last_hidden_state';
  if (
    !outputs.includes(needed) &&
    !(needed === 'last_hidden_state' && outputs.includes('token_embeddings'))
  ) {
    throw new XqgError('XQG_MODEL_OUTPUT', { model: name, pooling, needed, outputs: outputs.join(', ') });
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
export function chooseGraph(folder: string, dtype: Dtype | undefined): { dtype: Dtype; graph: string } {
  const graphs = graphsOf(folder);
  const found = (Object.keys(DTYPE_SUFFIX) as Dtype[]).flatMap((each) => {
    const graph = graphs.find((path) => path.split('/').at(-1) === `model${DTYPE_SUFFIX[each]}.onnx`);
    return graph === undefined ? [] : [{ dtype: each, graph }];
  });
  const wanted = dtype ?? (found.length === 1 ? found[0].dtype : 'fp32');
  const chosen = found.find((each) => each.dtype === wanted);
  if (chosen === undefined)
    throw incomplete(folder, `onnx/model${DTYPE_SUFFIX[wanted]}.onnx (dtype ${wanted})`);
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
    if (module === 'Pooling') fields.pooling = poolingOf(modelJson(folder, join(path, 'config.json')) ?? {});
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
