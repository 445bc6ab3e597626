/**
 * Queries from a causal language model with a chat template, one language at a time. Sampled as in
 * seq2seq.ts: the n queries of a passage in a language are one batch with one seed.
 */

import { seedOf } from '../../base/random.js';
import { LANGUAGES } from '../../languages/languages.js';
import { modelJson, requireFile } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import type { Glossary } from '../../pack/glossary/glossary.js';
import type { Generator, GeneratorIdentity, GeneratorInput } from '../generator.js';
import { fillPrompt, loadPrompt, type Prompt } from '../prompts.js';
import { glossaryNote } from '../with-glossary.js';
import type { SamplingOptions } from './seq2seq.js';
import {
  continuations,
  endTokens,
  fromFolder,
  loadTransformers,
  type Transformers,
  weightsOf,
} from './transformers.js';

type Model = Awaited<ReturnType<Transformers['AutoModelForCausalLM']['from_pretrained']>>;
type Tokenizer = Awaited<ReturnType<Transformers['AutoTokenizer']['from_pretrained']>>;

interface Message {
  readonly role: string;
  readonly content: string;
}

export class CausalGenerator implements Generator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly drawsFewer = true;
  readonly #transformers: Transformers;
  readonly #model: Model;
  readonly #tokenizer: Tokenizer;
  readonly #prompt: Prompt;
  readonly #ends: readonly number[];
  readonly #options: Required<Pick<SamplingOptions, 'topK' | 'newTokens' | 'promptTokens'>>;
  readonly #glossary: Glossary | undefined;

  private constructor(
    transformers: Transformers,
    model: Model,
    tokenizer: Tokenizer,
    identity: GeneratorIdentity,
    prompt: Prompt,
    ends: readonly number[],
    options: Required<Pick<SamplingOptions, 'languages' | 'topK' | 'newTokens' | 'promptTokens'>>,
    glossary: Glossary | undefined,
  ) {
    this.#glossary = glossary;
    this.#transformers = transformers;
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.identity = identity;
    this.#prompt = prompt;
    this.#ends = ends;
    this.#options = options;
    this.languages = options.languages;
  }

  /** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_INCOMPLETE, XQG_MODEL_DAMAGED, XQG_PROMPT */
  static async open(found: FoundModel, options: SamplingOptions = {}): Promise<CausalGenerator> {
    const {
      languages = Object.keys(LANGUAGES),
      topK = 10,
      newTokens = 48,
      promptTokens = 2048,
      dtype = 'fp32',
    } = options;
    const prompt = loadPrompt('causal', ['language', 'passage'], options.prompt);
    const transformers = await loadTransformers();
    const file = requireFile(found.folder, 'tokenizer.json');
    const local = { local_files_only: true };
    const tokenizer = await fromFolder(transformers, found, (name) =>
      transformers.AutoTokenizer.from_pretrained(name, local),
    );
    const model = await fromFolder(transformers, found, (name) =>
      transformers.AutoModelForCausalLM.from_pretrained(name, { ...local, dtype: dtype as 'fp32' }),
    );
    const weights = await weightsOf(found, file);
    const config = modelJson(found.folder, 'config.json');
    const longest = Number(config?.max_position_embeddings ?? promptTokens + newTokens) - newTokens;
    const sampling = { languages, topK, newTokens, promptTokens: Math.min(promptTokens, longest) };
    const identity = {
      name: `causal/${found.name.split('/').at(-1)}`,
      weights,
      settings: {
        prompt: prompt.hash,
        topK,
        newTokens,
        promptTokens: sampling.promptTokens,
        dtype,
      },
    };
    const ends = endTokens(config, modelJson(found.folder, 'generation_config.json'));
    return new CausalGenerator(
      transformers,
      model,
      tokenizer,
      identity,
      prompt,
      ends,
      sampling,
      options.glossary,
    );
  }

  async draw(
    passages: readonly GeneratorInput[],
    lang: string,
    n: number,
    seed: number,
  ): Promise<string[][]> {
    const drawn: string[][] = [];
    for (const passage of passages) {
      const glossary = glossaryNote(this.#glossary, passage, [lang]);
      const ids = this.#promptIds(passage, LANGUAGES[lang]?.name ?? lang, glossary);
      this.#transformers.random.seed(seedOf(`${seed}\t${lang}\t${passage.id}`));
      const sequences = await this.#generate(ids, n, {
        do_sample: true,
        top_k: this.#options.topK,
      });
      drawn.push(sequences.map((sequence) => this.#text(sequence)).filter((text) => text !== ''));
    }
    return drawn;
  }

  /** The most probable answer to messages, as ids: for checks. */
  async greedy(
    messages: readonly Message[],
    newTokens = this.#options.newTokens,
  ): Promise<number[]> {
    const [sequence] = await this.#generate(this.#render(messages), 1, {
      do_sample: false,
      max_new_tokens: newTokens,
    });
    return sequence;
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }

  /** Cuts the passage until the prompt fits: what follows it in the prompt must stay. */
  #promptIds({ title, text }: GeneratorInput, language: string, glossary: string): number[] {
    const { promptTokens } = this.#options;
    for (let passage = text; ; ) {
      const content = fillPrompt(this.#prompt, { language, title, passage, n: '1', glossary });
      const ids = this.#render([{ role: 'user', content }]);
      if (ids.length <= promptTokens || passage === '') return ids;
      passage = passage.slice(
        0,
        Math.floor(passage.length * Math.min(0.9, promptTokens / ids.length)),
      );
    }
  }

  #render(messages: readonly Message[]): number[] {
    const rendered = this.#tokenizer.apply_chat_template(messages as never, {
      add_generation_prompt: true,
      return_dict: false,
      return_tensor: false,
    });
    return (rendered as unknown as number[]).map(Number);
  }

  /** Its first line: models like to go on. transformers.js throws on decoding nothing. */
  #text(sequence: readonly number[]): string {
    if (sequence.length === 0) return '';
    const text = this.#tokenizer.decode([...sequence], { skip_special_tokens: true });
    return text.trim().split('\n')[0].trim();
  }

  #generate(ids: readonly number[], n: number, how: Record<string, unknown>): Promise<number[][]> {
    return continuations(this.#transformers, this.#model, ids, n, this.#ends, ids.length, {
      max_new_tokens: this.#options.newTokens,
      ...how,
    });
  }
}
