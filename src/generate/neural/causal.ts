/** Queries from a causal language model with a chat template, one language at a time. */

import { modelJson } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';
import { fillPrompt } from '../prompts.js';
import {
  openSampled,
  type PromptValues,
  SampledGenerator,
  type SamplingOptions,
} from './sampling.js';
import { fromFolder, type Transformers } from './transformers.js';

type Model = Awaited<ReturnType<Transformers['AutoModelForCausalLM']['from_pretrained']>>;
type Tokenizer = Awaited<ReturnType<Transformers['AutoTokenizer']['from_pretrained']>>;

interface Message {
  readonly role: string;
  readonly content: string;
}

export class CausalGenerator extends SampledGenerator<Model, Tokenizer> {
  /** @throws XqgError XQG_PACKAGE_MISSING, XQG_MODEL_INCOMPLETE, XQG_MODEL_DAMAGED, XQG_PROMPT */
  static async open(found: FoundModel, options: SamplingOptions = {}): Promise<CausalGenerator> {
    const { topK = 10, newTokens = 48, promptTokens = 2048, dtype = 'fp32' } = options;
    const positions = modelJson(found.folder, 'config.json')?.max_position_embeddings;
    const longest = Number(positions ?? promptTokens + newTokens) - newTokens;
    const sampling = { topK, newTokens, promptTokens: Math.min(promptTokens, longest), dtype };
    const local = { local_files_only: true };
    const opened = await openSampled(
      'causal',
      found,
      sampling,
      options.prompt,
      async (transformers) => {
        const tokenizer = await fromFolder(transformers, found, (name) =>
          transformers.AutoTokenizer.from_pretrained(name, local),
        );
        const model = await fromFolder(transformers, found, (name) =>
          transformers.AutoModelForCausalLM.from_pretrained(name, {
            ...local,
            dtype: dtype as 'fp32',
          }),
        );
        return { model, tokenizer };
      },
    );
    return new CausalGenerator(opened, options);
  }

  /** The most probable answer to messages, as ids: for checks. */
  greedy(messages: readonly Message[], newTokens?: number): Promise<number[]> {
    return this.mostProbable(this.#render(messages), newTokens);
  }

  /** Cuts the passage until the prompt fits: what follows it in the prompt must stay. */
  protected async promptIds(values: PromptValues): Promise<readonly number[]> {
    const { prompt, sampling } = this.opened;
    for (let { passage } = values; ; ) {
      const content = fillPrompt(prompt, { ...values, passage, n: '1' });
      const ids = this.#render([{ role: 'user', content }]);
      if (ids.length <= sampling.promptTokens || passage === '') return ids;
      const share = Math.min(0.9, sampling.promptTokens / ids.length);
      passage = passage.slice(0, Math.floor(passage.length * share));
    }
  }

  /** Its first line: models like to go on. transformers.js throws on decoding nothing. */
  protected async textOf(sequence: readonly number[]): Promise<string> {
    if (sequence.length === 0) return '';
    const text = this.opened.tokenizer.decode([...sequence], { skip_special_tokens: true });
    return text.trim().split('\n')[0].trim();
  }

  /** The prompt, which a causal model repeats. */
  protected skipped(promptIds: readonly number[]): number {
    return promptIds.length;
  }

  #render(messages: readonly Message[]): number[] {
    const rendered = this.opened.tokenizer.apply_chat_template(messages as never, {
      add_generation_prompt: true,
      return_dict: false,
      return_tensor: false,
    });
    return (rendered as unknown as number[]).map(Number);
  }
}
