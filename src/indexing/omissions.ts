/** What a run left out of its texts without failing: names and reasons, for people. */

import { formatCount } from '../base/numbers.js';
import type { Contradiction } from '../corpus/passage-languages.js';
import { languageName } from '../languages/languages.js';

/** A file or row that was skipped, or of which a reader missed or assumed something. */
export interface Omission {
  readonly path: string;
  readonly reason: string;
}

/** Documents that declare a language in which their text is not. */
export interface WrongLanguage {
  readonly declared: string;
  /** What the text decided. */
  readonly lang: string;
  readonly documents: number;
  /** The first of them. */
  readonly path: string;
}

/** Part of the state of an index. */
export interface OmissionRecord {
  /** By reason; every remark of a reader counts as a `remark`. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first of those that may miss text. */
  readonly named: readonly Omission[];
  /** Most documents first; absent where there is none. */
  readonly languages?: readonly WrongLanguage[] | undefined;
}

const MOST_NAMED = 100;

/** Skipped on purpose: counted, but not named. */
const EXPECTED = new Set(['ignored', 'excluded', 'companion']);

const SKIPPED: Readonly<Record<string, string>> = {
  format: 'no reader knows the format',
  loop: 'a link to a folder around it',
  empty: 'no text',
  special: 'neither file nor folder',
};

export class Omissions {
  readonly #counts = new Map<string, number>();
  readonly #named: Omission[] = [];
  readonly #languages = new Map<string, WrongLanguage>();

  /** @param kind a SkipReason */
  skip(path: string, kind: string, line?: number): void {
    this.#count(kind);
    if (EXPECTED.has(kind)) return;
    this.#name({
      path: line === undefined ? path : `${path}, line ${line}`,
      reason: SKIPPED[kind] ?? kind,
    });
  }

  note(path: string, reason: string): void {
    this.#count('remark');
    this.#name({ path, reason });
  }

  /** Counts a document whose text decided against the language that it declares. */
  wrongLanguage(path: string, { declared, lang }: Contradiction): void {
    const key = `${declared} ${lang}`;
    const known = this.#languages.get(key) ?? { declared, lang, documents: 0, path };
    this.#languages.set(key, { ...known, documents: known.documents + 1 });
  }

  /** Absent where nothing was left out. */
  record(): OmissionRecord | undefined {
    if (this.#counts.size === 0 && this.#languages.size === 0) return undefined;
    const counts = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const languages = [...this.#languages.values()].sort((a, b) => b.documents - a.documents);
    return {
      counts: Object.fromEntries(counts),
      named: [...this.#named],
      ...(languages.length === 0 ? {} : { languages }),
    };
  }

  #count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  #name(omission: Omission): void {
    if (this.#named.length < MOST_NAMED) this.#named.push(omission);
  }
}

/** A sentence for people. */
export function describeWrongLanguage({ declared, lang, documents, path }: WrongLanguage): string {
  const what = documents === 1 ? 'document is' : 'documents are';
  const named = (code: string): string => `${languageName(code)} (${code})`;
  return `${formatCount(documents)} ${what} in ${named(lang)}, not in ${named(declared)} as declared; the first: ${path}`;
}
