/**
 * Which documents an index holds, by hashes: 44 bytes a document, whatever its id is. Two ids count
 * as one if 128 bits of their sha256 agree.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, sha256 } from '../base/identity.js';
import type { SourceDocument } from '../corpus/passage.js';
import type { CorpusOptions } from '../corpus/split.js';
import { canonicalTerms, type Glossary } from '../pack/glossary/glossary.js';
import type { IndexIdentity } from './manifest.js';

/**
 * Words of 32 bits a slot: 4 of the id's hash, 4 of the content's, number of the source from 1 (0:
 * free), passages, seen or not.
 */
const SLOT = 11;
const SOURCE = 8;
const PASSAGES = 9;
const SEEN = 10;

export type DocumentStanding = 'new' | 'changed' | 'same';

export class KnownDocuments {
  #capacity = 1024;
  #slots = new Uint32Array(this.#capacity * SLOT);
  #size = 0;
  readonly #sources: string[] = [];
  readonly #sourceNumbers = new Map<string, number>();

  /** Number of documents. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds one passage of a document.
   * @param hash hex, 32 digits or more
   */
  add(id: string, source: string, hash: string): void {
    const at = this.#put(id, source, hash);
    this.#slots[at + PASSAGES]++;
  }

  /** Puts a document in as it is now. */
  set(id: string, source: string, hash: string, passages: number): void {
    const at = this.#put(id, source, hash);
    this.#slots[at + PASSAGES] = passages;
  }

  standing(id: string, hash: string): DocumentStanding {
    const at = this.#find(hashWords(id));
    if (this.#slots[at + SOURCE] === 0) return 'new';
    return contentWords(hash).every((word, i) => this.#slots[at + 4 + i] === word)
      ? 'same'
      : 'changed';
  }

  /** The source of a document; null if it is not known. */
  sourceOf(id: string): string | null {
    const number = this.#slots[this.#find(hashWords(id)) + SOURCE];
    return number === 0 ? null : this.#sources[number - 1];
  }

  /** Number of passages; 0 for a document that is not known. */
  passagesOf(id: string): number {
    return this.#slots[this.#find(hashWords(id)) + PASSAGES];
  }

  /** Marks a document as met in this run; it must be known. */
  see(id: string): void {
    this.#slots[this.#find(hashWords(id)) + SEEN] = 1;
  }

  seen(id: string): boolean {
    return this.#slots[this.#find(hashWords(id)) + SEEN] === 1;
  }

  /** Returns the offset of the slot; the table may be another one afterwards. */
  #put(id: string, source: string, hash: string): number {
    const words = hashWords(id);
    let at = this.#find(words);
    if (this.#slots[at + SOURCE] === 0 && ++this.#size * 3 >= this.#capacity * 2) {
      this.#grow();
      at = this.#find(words);
    }
    this.#slots.set(words, at);
    this.#slots.set(contentWords(hash), at + 4);
    this.#slots[at + SOURCE] = this.#sourceNumber(source);
    return at;
  }

  #sourceNumber(source: string): number {
    const number = this.#sourceNumbers.get(source) ?? this.#sources.push(source);
    this.#sourceNumbers.set(source, number);
    return number;
  }

  /** Offset of the slot that holds the id, or of the free one where it belongs. */
  #find(id: Uint32Array): number {
    for (let slot = id[0] & (this.#capacity - 1); ; slot = (slot + 1) & (this.#capacity - 1)) {
      const at = slot * SLOT;
      if (this.#slots[at + SOURCE] === 0) return at;
      if (id.every((word, i) => this.#slots[at + i] === word)) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Uint32Array(this.#capacity * SLOT);
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + SOURCE] === 0) continue;
      const slot = old.subarray(from, from + SLOT);
      this.#slots.set(slot, this.#find(slot.subarray(0, 4)));
    }
  }
}

function hashWords(id: string): Uint32Array {
  const digest = createHash('sha256').update(id).digest();
  return Uint32Array.of(
    digest.readUInt32LE(0),
    digest.readUInt32LE(4),
    digest.readUInt32LE(8),
    digest.readUInt32LE(12),
  );
}

function contentWords(hash: string): number[] {
  return [0, 8, 16, 24].map((from) => Number.parseInt(hash.slice(from, from + 8), 16));
}

/**
 * A function from documents to sha256 (hex): of the document, the settings of the splitting, and
 * what makes the rows.
 */
export function documentHasher(
  identity: IndexIdentity,
  splitting: CorpusOptions,
  glossary: Glossary | null = null,
): (document: SourceDocument) => string {
  const { glossary: _, ...others } = identity;
  const settings = sha256(canonicalJson({ identity: others, splitting }));
  return ({ line: _line, ...document }) => {
    // The line moves when another row changes, and no row keeps it.
    const hash = createHash('sha256').update(settings).update(canonicalJson(document));
    if (glossary !== null) for (const terms of touching(glossary, document)) hash.update(terms);
    return hash.digest('hex');
  };
}

/**
 * The terms of the concepts that a document holds, in any language: its passages may be in others
 * than the one that it declares.
 */
function touching(glossary: Glossary, { title, blocks }: SourceDocument): string[] {
  const text = [title, ...blocks.map((block) => block.text)].join('\n');
  return glossary
    .conceptsIn(text, glossary.languages)
    .map(({ terms }) => canonicalTerms(terms))
    .sort();
}
