/** What every command gets besides its options: where to print, and the signal of Ctrl-C. */
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
    print: (text) => process.stdout.write(`${text}\n`),
    printJson: (value) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    say: (text) => process.stderr.write(`${text}\n`),
  };
}
