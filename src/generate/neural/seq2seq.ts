/**
 * Queries from a sequence-to-sequence model, as published: mT5 with the prompt "Generate a
 * {language} question for this passage: {title} {passage}", top-k sampling (Zhuang, Shou, Zuccon,
 * SIGIR 2023).
 */
import { readFile } from 'node:fs/promises';
import type { FoundModel } from '../../models/places.js';
import { fillPrompt } from '../prompts.js';
import {
  openSampled,
  type PromptValues,
  SampledGenerator,
  type SamplingOptions,
} from './sampling.js';
import { fromFolder, type Transformers } from './transformers.js';

type Model = Awaited<ReturnType<Transformers['AutoModelForSeq2SeqLM']['from_pretrained']>>;
type Tokenizer = import('tokenizers').Tokenizer;

export class Seq2SeqGenerator extends SampledGenerator<Model, Tokenizer> {
  /** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_INCOMPLETE, XQG_MODEL_DAMAGED, XQG_PROMPT */
  static async open(found: FoundModel, options: SamplingOptions = {}): Promise<Seq2SeqGenerator> {
    const { topK = 10, newTokens = 32, promptTokens = 512, dtype = 'fp32' } = options;
    const sampling = { topK, newTokens, promptTokens, dtype };
    const opened = await openSampled(
      'seq2seq',
      found,
      sampling,
      options.prompt,
      async (transformers, file) => {
        const { Tokenizer } = await import('tokenizers');
        const tokenizer = Tokenizer.fromString(await readFile(file, 'utf8'));
        tokenizer.disablePadding();
        tokenizer.setTruncation(promptTokens);
        const model = await fromFolder(transformers, found, (name) =>
          transformers.AutoModelForSeq2SeqLM.from_pretrained(name, {
            dtype: dtype as 'fp32',
            local_files_only: true,
          }),
        );
        return { model, tokenizer };
      },
    );
    return new Seq2SeqGenerator(opened, options);
  }

  /** The most probable continuation of a prompt, as ids: for checks. */
  async greedy(text: string, newTokens?: number): Promise<number[]> {
    return this.mostProbable(await this.#encode(text), newTokens);
  }

  protected async promptIds(values: PromptValues): Promise<readonly number[]> {
    const glossary = values.glossary === '' ? '' : `${values.glossary} `;
    return this.#encode(fillPrompt(this.opened.prompt, { ...values, glossary }));
  }

  protected async textOf(sequence: readonly number[]): Promise<string> {
    return (await this.opened.tokenizer.decode([...sequence], true)).trim();
  }

  /** The decoder's start token. */
  protected skipped(): number {
    return 1;
  }

  async #encode(text: string): Promise<number[]> {
    return (await this.opened.tokenizer.encode(text)).getIds();
  }
}
