/**
 * Prompts as files that a user can copy and change: text with names in braces. The hash of a prompt
 * is part of what made the queries.
 */
import { fileURLToPath } from 'node:url';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import { readTextSync } from '../base/small-file.js';

const SHIPPED = new URL('../../prompts/', import.meta.url);

export interface Prompt {
  readonly text: string;
  /** sha256 (hex). */
  readonly hash: string;
}

/**
 * @param file a prompt of the user's; else the shipped one of this name
 * @param needed names in braces without which the prompt makes no sense
 * @throws XqgError XQG_PROMPT
 */
export function loadPrompt(name: string, needed: readonly string[], file?: string): Prompt {
  const path = file ?? fileURLToPath(new URL(`${name}.txt`, SHIPPED));
  let text: string;
  try {
    text = readTextSync(path).normalize('NFC');
  } catch (cause) {
    throw new XqgError('XQG_PROMPT', { path, problem: (cause as Error).message }, { cause });
  }
  const missing = needed.filter((each) => !text.includes(`{${each}}`));
  if (missing.length > 0) {
    const problem = `it lacks ${missing.map((each) => `{${each}}`).join(', ')}`;
    throw new XqgError('XQG_PROMPT', { path, problem });
  }
  return { text, hash: sha256(text) };
}

/** Puts values in place of the names, in one pass: braces within a passage stay as they are. */
export function fillPrompt({ text }: Prompt, values: Readonly<Record<string, string>>): string {
  return text
    .replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    .replace(/\n{2,}/g, '\n')
    .trim();
}
