/**
 * Questions expanded at search time, which costs latency that generation at indexing time does not.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { EXPANSION_WAYS, expansionsOf } from '../../../expand/apply.js';
import type { Expander } from '../../../expand/expander.js';
import { openExpander } from '../../../expand/open-expander.js';
import { defineCondition, isCompared, type Opening } from '../condition.js';
import { atLeastZero, namedListOf, object, oneOf, text } from '../schema.js';
import type { QuestionChange } from '../variant.js';

/** Questions that are sent together. */
const BATCH = 64;

const item = object({
  /** Names the point. */
  name: text,
  /** `openai:MODEL`, or a .jsonl file of recorded expansions, relative to the experiment file. */
  by: text,
  /**
   * Of a model: zero-shot, few-shot, rephrase, rephrase-few-shot, or a file relative to the
   * experiment file.
   */
  prompt: text.optional(),
  /** Of a model: settings of its endpoint, a file relative to the experiment file. */
  endpoint: text.optional(),
  how: oneOf(EXPANSION_WAYS).default('append'),
  /** Default: that of `xqg search`. */
  weight: atLeastZero.optional(),
  /** Language that the texts are written in; default: that of the question. */
  lang: text.optional(),
}).refine(({ how, weight = 0 }) => how === 'append' || weight <= 1, {
  error: 'mixes in a share of more than 1',
  path: ['weight'],
});

type Item = z.infer<typeof item>;

interface NamedExpander {
  readonly name: string;
  readonly by: Expander;
  /** The same for all systems, which share what is written. */
  readonly questions: QuestionChange;
}

export const expansion = defineCondition<Item[], NamedExpander[]>({
  key: 'expansion',
  schema: namedListOf(item) as z.ZodType<Item[]>,
  example: `# expansion:                     # questions expanded at search time: openai:MODEL, or a .jsonl file of what was written
#   - { name: recorded, by: expansions.jsonl, how: append }`,
  title: 'Questions expanded at search time',
  note:
    'A chat model writes from each question; beside generation at indexing time, which no question waits for. ' +
    'Compared with the plain system whose questions are as they are.',
  showsPlain: true,
  open: async (items, opening) => {
    const opened: NamedExpander[] = [];
    try {
      for (const each of items) {
        const by = await open(each, opening);
        opened.push({ name: each.name, by, questions: expandedBy(each, by) });
      }
    } catch (error) {
      await close(opened);
      throw error;
    }
    return opened;
  },
  close,
  appliesTo: isCompared,
  points: (_, expanders) =>
    expanders.map(({ name, questions }) => ({
      point: name,
      label: `expanded: ${name}`,
      changes: { questions },
    })),
});

/** Sends nothing yet. Throws what `openExpander` throws. */
function open({ by, prompt, endpoint }: Item, { file, signal }: Opening): Promise<Expander> {
  const inFolder = (path: string) => resolve(dirname(file), path);
  return openExpander(by.startsWith('openai:') ? by : inFolder(by), {
    // The name of a shipped prompt is no file.
    prompt: prompt !== undefined && existsSync(inFolder(prompt)) ? inFolder(prompt) : prompt,
    endpoint: endpoint === undefined ? undefined : inFolder(endpoint),
    signal,
  });
}

async function close(expanders: readonly NamedExpander[]): Promise<void> {
  for (const { by } of expanders) await by.close?.();
}

function expandedBy({ how, weight, lang }: Item, by: Expander): QuestionChange {
  return {
    language: 'given',
    // A vector that is mixed in does not reach the lexical leg.
    identity: ({ mode }) =>
      how === 'mix' && mode === 'lexical'
        ? {}
        : { expansion: { by: by.identity, how, weight: weight ?? null, lang: lang ?? null } },
    of: async (questions, questionLang) => {
      const languages = [{ lang: questionLang, weight: 1 }];
      const written = [];
      for (let from = 0; from < questions.length; from += BATCH) {
        const batch = questions
          .slice(from, from + BATCH)
          .map((question) => ({ text: question.text, languages }));
        written.push(...(await expansionsOf(batch, { by, how, weight, lang })));
      }
      return written.map((each) => ({ expansion: each }));
    },
  };
}
