/**
 * What generators on this machine have in common: a language model that is sampled (top-k), one
 * passage and language at a time. The n queries of a passage in a language are one batch, seeded by
 * passage, language and seed: they do not depend on other passages.
 */
import { seedOf } from '../../base/random.js';
import { LANGUAGES } from '../../languages/languages.js';
import { modelJson, requireFile } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import type { Glossary } from '../../pack/glossary/glossary.js';
import {
  type DrawArguments,
  type Generator,
  type GeneratorIdentity,
  QUESTIONS,
} from '../generator.js';
import { loadPrompt, type Prompt } from '../prompts.js';
import { glossaryNote } from '../with-glossary.js';
import {
  continuations,
  endTokens,
  loadTransformers,
  type Transformers,
  weightsOf,
} from './transformers.js';

export interface SamplingOptions {
  /** Default: all that xqg knows. */
  readonly languages?: readonly string[];
  /** A prompt file instead of the shipped one. */
  readonly prompt?: string;
  /** Default 10. */
  readonly topK?: number;
  /** Longest query in tokens. Default 32; 48 for a causal model. */
  readonly newTokens?: number;
  /** Longest prompt in tokens; the passage's end is cut. Default 512; 2,048 for a causal model. */
  readonly promptTokens?: number;
  /** Default: fp32, or what is there. */
  readonly dtype?: string;
  /** The prompt names those of its terms that the passage holds. */
  readonly glossary?: Glossary;
}

/** How a model is sampled; part of its generator's identity. */
export interface Sampling {
  readonly topK: number;
  readonly newTokens: number;
  readonly promptTokens: number;
  readonly dtype: string;
}

/** A model that transformers.js loaded. */
interface LanguageModel {
  generate(inputs: never): Promise<unknown>;
  dispose(): Promise<unknown>;
}

/** What `openSampled` gives to a generator. */
export interface SampledModel<M extends LanguageModel, T> {
  readonly transformers: Transformers;
  readonly model: M;
  readonly tokenizer: T;
  readonly identity: GeneratorIdentity;
  readonly prompt: Prompt;
  readonly sampling: Sampling;
  /** Token ids that end a query. */
  readonly ends: readonly number[];
}

/**
 * Opens a model's folder for a generator.
 * @param kind names the shipped prompt, and the generator in its identity
 * @param load loads tokenizer (of tokenizer.json) and model
 * @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_INCOMPLETE, XQG_PROMPT, and what `load` throws
 */
export async function openSampled<M extends LanguageModel, T>(
  kind: string,
  found: FoundModel,
  sampling: Sampling,
  prompt: string | undefined,
  load: (transformers: Transformers, tokenizerFile: string) => Promise<{ model: M; tokenizer: T }>,
): Promise<SampledModel<M, T>> {
  const loaded = loadPrompt(kind, ['language', 'passage'], prompt);
  const transformers = await loadTransformers();
  const file = requireFile(found.folder, 'tokenizer.json');
  const { model, tokenizer } = await load(transformers, file);
  const { topK, newTokens, promptTokens, dtype } = sampling;
  return {
    transformers,
    model,
    tokenizer,
    identity: {
      name: `${kind}/${found.name.split('/').at(-1)}`,
      weights: await weightsOf(found, file),
      settings: { prompt: loaded.hash, topK, newTokens, promptTokens, dtype, ...QUESTIONS },
    },
    prompt: loaded,
    sampling,
    ends: endTokens(
      modelJson(found.folder, 'config.json'),
      modelJson(found.folder, 'generation_config.json'),
    ),
  };
}

/** Values of a prompt's names in braces. */
export type PromptValues = Readonly<Record<'language' | 'title' | 'passage' | 'glossary', string>>;

export abstract class SampledGenerator<M extends LanguageModel, T> implements Generator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly drawsFewer = true;
  readonly ownLanguage = QUESTIONS.ownLanguage;
  readonly tuning = QUESTIONS.tuning;
  protected readonly opened: SampledModel<M, T>;
  readonly #glossary: Glossary | undefined;

  constructor(
    opened: SampledModel<M, T>,
    options: Pick<SamplingOptions, 'languages' | 'glossary'>,
  ) {
    this.opened = opened;
    this.identity = opened.identity;
    this.languages = options.languages ?? Object.keys(LANGUAGES);
    this.#glossary = options.glossary;
  }

  async draw(...[passages, lang, n, seed]: DrawArguments): Promise<string[][]> {
    const { transformers, sampling } = this.opened;
    const drawn: string[][] = [];
    for (const passage of passages) {
      const ids = await this.promptIds({
        language: LANGUAGES[lang]?.name ?? lang,
        title: passage.title,
        passage: passage.text,
        glossary: glossaryNote(this.#glossary, passage, [lang]),
      });
      transformers.random.seed(seedOf(`${seed}\t${lang}\t${passage.id}`));
      const how = { do_sample: true, top_k: sampling.topK };
      const texts = await Promise.all(
        (await this.#generate(ids, n, how)).map((sequence) => this.textOf(sequence)),
      );
      drawn.push(texts.filter((text) => text !== ''));
    }
    return drawn;
  }

  async close(): Promise<void> {
    await this.opened.model.dispose();
  }

  /** The ids of a passage's prompt, no more than `promptTokens`. */
  protected abstract promptIds(values: PromptValues): Promise<readonly number[]>;

  /** The query that a generated sequence holds; '' for none. */
  protected abstract textOf(sequence: readonly number[]): Promise<string>;

  /** Ids at the beginning of a generated sequence that are not part of the query. */
  protected abstract skipped(promptIds: readonly number[]): number;

  /** The most probable continuation of a prompt, as ids: for checks. */
  protected async mostProbable(
    ids: readonly number[],
    newTokens = this.opened.sampling.newTokens,
  ): Promise<number[]> {
    const how = { do_sample: false, max_new_tokens: newTokens };
    const [sequence] = await this.#generate(ids, 1, how);
    return sequence;
  }

  /** `n` sequences without what surrounds the query. */
  #generate(ids: readonly number[], n: number, how: Record<string, unknown>): Promise<number[][]> {
    const { transformers, model, ends, sampling } = this.opened;
    const parameters = { max_new_tokens: sampling.newTokens, ...how };
    return continuations(transformers, model, ids, n, ends, this.skipped(ids), parameters);
  }
}
