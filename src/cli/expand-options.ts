/** The options by which commands have questions expanded. Knows no expander. */
import type { Command } from 'commander';
import { z } from 'zod';
import { checkExpansionWeight, type ExpandOptions } from '../expand/apply.js';
import { numberWithin, oneOf } from '../library/search-fields.js';
import type { CommandContext } from './context.js';
import { fromText } from './options.js';

export const expandOptions = {
  expand: z.string().optional(),
  expandPrompt: z.string().optional(),
  expandHow: oneOf('append', 'mix').optional(),
  expandWeight: fromText(numberWithin(0, 100)).optional(),
  expandLang: z.string().optional(),
  expandEndpoint: z.string().optional(),
};

type Given = { readonly [K in keyof typeof expandOptions]?: z.output<(typeof expandOptions)[K]> } & {
  readonly endpoint?: string;
};

export function addExpandOptions(command: Command): Command {
  return command
    .option('--expand <spec>', 'expand the question: openai:MODEL, or a .jsonl file of recorded expansions')
    .option(
      '--expand-prompt <name>',
      'zero-shot, few-shot, rephrase, rephrase-few-shot, or a file (default: zero-shot)',
    )
    .option(
      '--expand-how <way>',
      'append the text to the question, or mix its vector into it (default: append)',
    )
    .option('--expand-weight <number>', 'what the text counts against the question (docs/models.md)')
    .option('--expand-lang <code>', 'language that the text is written in (default: that of the question)')
    .option(
      '--expand-endpoint <file>',
      'settings of its endpoint (default: $OPENAI_BASE_URL, and --endpoint where there is one)',
    );
}

/** What a search takes, and how to let go of it; nothing where no expansion was asked for. */
export async function givenExpansion(
  { expand, expandPrompt, expandHow, expandWeight, expandLang, expandEndpoint, endpoint }: Given,
  { signal }: CommandContext,
): Promise<{ readonly expand: ExpandOptions | undefined; close(): Promise<void> }> {
  if (expand === undefined) return { expand: undefined, close: async () => {} };
  const { openExpander } = await import('../expand/open-expander.js');
  const by = await openExpander(expand, {
    prompt: expandPrompt,
    endpoint: expandEndpoint ?? endpoint,
    signal,
  });
  const given = { by, how: expandHow, weight: expandWeight, lang: expandLang };
  checkExpansionWeight(given);
  return { expand: given, close: async () => by.close?.() };
}
