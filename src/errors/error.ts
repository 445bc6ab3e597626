/**
 * The one error class that people see. Every instance has a code from the catalogue; the message says what
 * happened, with the values, and `remedy` says what to do. Knows no other folder.
 */
import { catalogue, type ErrorCode } from './catalogue.js';

export class XqgError extends Error {
  readonly code: ErrorCode;
  /** What to do about it, as one sentence or one command. */
  readonly remedy: string;
  /** The values that the message was made of, for programs (`--json`). */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, details: Record<string, string | number> = {}, options?: { cause?: unknown }) {
    const entry = catalogue[code];
    super(fill(entry.message, details), options);
    this.name = 'XqgError';
    this.code = code;
    this.remedy = fill(entry.remedy, details);
    this.details = details;
  }
}

/** Replaces every `{name}` of a catalogue text by its value; a name without a value stays as it is. */
function fill(template: string, details: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}
