/**
 * Queries from a sequence-to-sequence model, as published: mT5 with the prompt "Generate a
 * {language} question for this passage: {title} {passage}", top-k sampling (Zhuang, Shou, Zuccon,
 * SIGIR 2023). The n queries of a passage in a language are one batch, seeded by passage, language
 * and seed: they do not depend on other passages.
 */
import { readFile } from 'node:fs/promises';
import { seedOf } from '../../base/random.js';
import { LANGUAGES } from '../../languages/languages.js';
import { modelJson, requireFile } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import type { Glossary } from '../../pack/glossary/glossary.js';
import type { Generator, GeneratorIdentity, GeneratorInput } from '../generator.js';
import { fillPrompt, loadPrompt, type Prompt } from '../prompts.js';
import { glossaryNote } from '../with-glossary.js';
import {
  continuations,
  endTokens,
  fromFolder,
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
  /** Longest query in tokens. Default 32. */
  readonly newTokens?: number;
  /** Longest prompt in tokens; the passage's end is cut. Default 512. */
  readonly promptTokens?: number;
  /** Default: fp32, or what is there. */
  readonly dtype?: string;
  /** The prompt names those of its terms that the passage holds. */
  readonly glossary?: Glossary;
}

type Model = Awaited<ReturnType<Transformers['AutoModelForSeq2SeqLM']['from_pretrained']>>;

export class Seq2SeqGenerator implements Generator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly drawsFewer = true;
  readonly #transformers: Transformers;
  readonly #model: Model;
  readonly #tokenizer: import('tokenizers').Tokenizer;
  readonly #prompt: Prompt;
  readonly #ends: readonly number[];
  readonly #topK: number;
  readonly #newTokens: number;
  readonly #glossary: Glossary | undefined;

  private constructor(
    transformers: Transformers,
    model: Model,
    tokenizer: import('tokenizers').Tokenizer,
    identity: GeneratorIdentity,
    prompt: Prompt,
    ends: readonly number[],
    { languages = Object.keys(LANGUAGES), topK = 10, newTokens = 32, glossary }: SamplingOptions,
  ) {
    this.#transformers = transformers;
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.identity = identity;
    this.#prompt = prompt;
    this.#ends = ends;
    this.languages = languages;
    this.#topK = topK;
    this.#newTokens = newTokens;
    this.#glossary = glossary;
  }

  /** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_INCOMPLETE, XQG_MODEL_DAMAGED, XQG_PROMPT */
  static async open(found: FoundModel, options: SamplingOptions = {}): Promise<Seq2SeqGenerator> {
    const { topK = 10, newTokens = 32, promptTokens = 512, dtype = 'fp32' } = options;
    const prompt = loadPrompt('seq2seq', ['language', 'passage'], options.prompt);
    const transformers = await loadTransformers();
    const { Tokenizer } = await import('tokenizers');
    const file = requireFile(found.folder, 'tokenizer.json');
    const tokenizer = Tokenizer.fromString(await readFile(file, 'utf8'));
    tokenizer.disablePadding();
    tokenizer.setTruncation(promptTokens);
    const model = await fromFolder(transformers, found, (name) =>
      transformers.AutoModelForSeq2SeqLM.from_pretrained(name, {
        dtype: dtype as 'fp32',
        local_files_only: true,
      }),
    );
    const weights = await weightsOf(found, file);
    const identity = {
      name: `seq2seq/${found.name.split('/').at(-1)}`,
      weights,
      settings: { prompt: prompt.hash, topK, newTokens, promptTokens, dtype },
    };
    const ends = endTokens(
      modelJson(found.folder, 'config.json'),
      modelJson(found.folder, 'generation_config.json'),
    );
    return new Seq2SeqGenerator(transformers, model, tokenizer, identity, prompt, ends, options);
  }

  async draw(
    passages: readonly GeneratorInput[],
    lang: string,
    n: number,
    seed: number,
  ): Promise<string[][]> {
    const drawn: string[][] = [];
    for (const passage of passages) {
      const { title, text } = passage;
      const note = glossaryNote(this.#glossary, passage, [lang]);
      const language = LANGUAGES[lang]?.name ?? lang;
      const values = { language, title, passage: text, glossary: note === '' ? '' : `${note} ` };
      const ids = (await this.#tokenizer.encode(fillPrompt(this.#prompt, values))).getIds();
      this.#transformers.random.seed(seedOf(`${seed}\t${lang}\t${passage.id}`));
      const sequences = await this.#generate(ids, n, { do_sample: true, top_k: this.#topK });
      const texts = await Promise.all(
        sequences.map((sequence) => this.#tokenizer.decode(sequence, true)),
      );
      drawn.push(texts.map((text) => text.trim()).filter((text) => text !== ''));
    }
    return drawn;
  }

  /** The most probable continuation of a prompt, as ids: for checks. */
  async greedy(text: string, newTokens = this.#newTokens): Promise<number[]> {
    const ids = (await this.#tokenizer.encode(text)).getIds();
    const [sequence] = await this.#generate(ids, 1, {
      do_sample: false,
      max_new_tokens: newTokens,
    });
    return sequence;
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }

  /** `n` sequences without start and end tokens. */
  #generate(ids: readonly number[], n: number, how: Record<string, unknown>): Promise<number[][]> {
    // The first id is the decoder's start token.
    return continuations(this.#transformers, this.#model, ids, n, this.#ends, 1, {
      max_new_tokens: this.#newTokens,
      ...how,
    });
  }
}
