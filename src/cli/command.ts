/** A command of the command line: how it registers itself, and what it gets besides its options. */
import type { Command } from 'commander';
import { harmless, harmlessJson } from './terminal.js';

export interface CommandContext {
  /** True where the person asked for JSON. */
  readonly json: boolean;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Data, on stdout. */
  print(text: string): void;
  /** One JSON document, on stdout. */
  printJson(value: unknown): void;
  /** Talk, on stderr. */
  say(text: string): void;
}

export function createContext(json: boolean, signal: AbortSignal): CommandContext {
  return {
    json,
    signal,
    print: (text) => process.stdout.write(`${harmless(text)}\n`),
    printJson: (value) => process.stdout.write(`${harmlessJson(value, 2)}\n`),
    say: (text) => process.stderr.write(`${harmless(text)}\n`),
  };
}

/** A command's work; `options` is what commander parsed, unchecked. */
// biome-ignore lint/suspicious/noExplicitAny: commander hands over strings and lists of strings
export type Work = (context: CommandContext, options: unknown, ...args: any[]) => Promise<void>;

/** Adds one command to its parent. `act` turns the command's work into commander's action. */
export type Register = (
  parent: Command,
  act: (work: Work) => (...args: unknown[]) => Promise<void>,
) => void;
