/**
 * The one error class that people see. Every instance has a code from the catalogue; the message
 * says what happened, with the values, and `remedy` says what to do.
 */
import { catalogue, type ErrorCode } from './error-catalogue.js';

/** A value that stands in a message. */
type Value = string | number;

/** The names in braces of a text; braces around quotes or spaces are part of the text (JSON). */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string}${'"' | ' '}${string}` ? never : Name) | Placeholders<Rest>
  : never;

type PlaceholdersOf<Code extends ErrorCode> =
  | Placeholders<(typeof catalogue)[Code]['message']>
  | Placeholders<(typeof catalogue)[Code]['remedy']>;

/** The values that the message and the remedy of a code need. */
type ErrorDetails<Code extends ErrorCode> = Readonly<Record<PlaceholdersOf<Code>, Value>>;

type ErrorArguments<Code extends ErrorCode> = [PlaceholdersOf<Code>] extends [never]
  ? [details?: Readonly<Record<string, never>>, options?: ErrorOptions]
  : [details: ErrorDetails<Code>, options?: ErrorOptions];

export class XqgError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode;
  /** What to do about it, as one sentence or one command. */
  readonly remedy: string;
  /** The values that the message was made of, for programs (`--json`). */
  readonly details: Readonly<Record<string, Value>>;

  constructor(code: Code, ...[details = {}, options]: ErrorArguments<Code>) {
    const entry = catalogue[code];
    super(fill(entry.message, details), options);
    this.name = 'XqgError';
    this.code = code;
    this.remedy = fill(entry.remedy, details);
    this.details = details;
  }

  /** An error with the code and the values of one that was raised before, perhaps elsewhere. */
  static restore(
    code: ErrorCode,
    details: Readonly<Record<string, Value>>,
    options?: ErrorOptions,
  ): XqgError {
    return new XqgError(code, details as ErrorDetails<ErrorCode>, options);
  }
}

/**
 * Some of several items failed for reasons of their own; the others can be done without them. To
 * whoever does not look into it, it is the error of the first one.
 */
export class ItemErrors extends XqgError {
  /** @param problems one or more, by the index of the item */
  constructor(readonly problems: ReadonlyMap<number, XqgError>) {
    const [{ code, details }] = problems.values();
    super(code, details as ErrorDetails<ErrorCode>);
  }
}

/**
 * Replaces every `{name}` of a catalogue text by its value; a name without a value stays as it is.
 */
function fill(template: string, details: Readonly<Record<string, Value>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}

/** What programs see of a failure: on stdout with --json, and as the body of an HTTP answer. */
export interface FailureReport {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly details: Readonly<Record<string, string | number>>;
  };
}

/** What programs see of any thrown value. */
export function describeFailure(thrown: unknown): FailureReport {
  const { code, message, remedy, details } = asXqgError(thrown);
  return { error: { code, message, remedy, details } };
}

/** The value itself, or what it means: a full disk, a missing permission, else a fault of xqg. */
export function asXqgError(thrown: unknown): XqgError {
  if (thrown instanceof XqgError) return thrown;
  const reason = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const { code, path } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC')
    return new XqgError('XQG_DISK_FULL', { path: path ?? reason }, { cause: thrown });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new XqgError('XQG_NO_PERMISSION', { path: path ?? reason }, { cause: thrown });
  }
  return new XqgError('XQG_UNEXPECTED', { reason }, { cause: thrown });
}

/**
 * True for what an aborted signal throws: somebody asked for it, so it is no failure of the
 * program.
 */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || isAbort(thrown.cause));
}

/** The error to throw in place of `cause`: itself unless it is about space or permission. */
export function storageError(cause: unknown, path: string): unknown {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  // Lance reports the operating system's error inside its own text.
  if (code === 'ENOSPC' || code === 'EDQUOT' || /os error (28|122)\b/.test(text)) {
    return new XqgError('XQG_DISK_FULL', { path }, { cause });
  }
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    /os error (1|13|30)\b/.test(text)
  ) {
    return new XqgError('XQG_NO_PERMISSION', { path }, { cause });
  }
  return cause;
}
