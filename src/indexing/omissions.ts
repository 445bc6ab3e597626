/** What a run left out of its texts without failing: names and reasons, for people. */

/** A file or row that was skipped, or of which a reader missed or assumed something. */
export interface Omission {
  readonly path: string;
  readonly reason: string;
}

/** Part of the state of an index. */
export interface OmissionRecord {
  /** By reason; every remark of a reader counts as a `remark`. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first of those that may miss text. */
  readonly named: readonly Omission[];
}

const MOST_NAMED = 200;

/** Skipped on purpose: counted, but not named. */
const EXPECTED = new Set(['ignored', 'excluded', 'companion']);

const SKIPPED: Readonly<Record<string, string>> = {
  format: 'no reader knows the format',
  loop: 'a link to a folder around it',
  repeated: 'a folder that was read by another name',
  empty: 'no text',
  special: 'neither file nor folder',
};

export class Omissions {
  readonly #counts = new Map<string, number>();
  readonly #named: Omission[] = [];

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

  /** Absent where nothing was left out. */
  record(): OmissionRecord | undefined {
    if (this.#counts.size === 0) return undefined;
    const counts = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return { counts: Object.fromEntries(counts), named: [...this.#named] };
  }

  #count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  #name(omission: Omission): void {
    if (this.#named.length < MOST_NAMED) this.#named.push(omission);
  }
}
