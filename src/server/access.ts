/**
 * What a client may do: which indexes, which rights, and the filters that hold for everything it
 * sees or writes.
 */

import { XqgError } from '../base/errors.js';
import type { SourceDocument } from '../corpus/passage.js';
import { parseCondition, parseFilters } from '../search/filters.js';

export const RIGHTS = ['search', 'add', 'remove'] as const;
export type Right = (typeof RIGHTS)[number];

export interface Access {
  /** Of the key, for logs; null where no key is needed. */
  readonly fingerprint: string | null;
  readonly rights: readonly Right[];
  /** Names of indexes; null: all. */
  readonly indexes: readonly string[] | null;
  /** Conditions that every passage must pass to exist for this access. */
  readonly filters: readonly string[];
}

/** Everything: for a server without keys, and for `xqg mcp`. */
export const FULL_ACCESS: Access = {
  fingerprint: null,
  rights: RIGHTS,
  indexes: null,
  filters: [],
};

/** True where the access sees less than everything of the server. */
export function isRestricted({ indexes, filters }: Access): boolean {
  return indexes !== null || filters.length > 0;
}

/** @throws XqgError XQG_KEY_RIGHT */
export function requireRight({ rights, fingerprint }: Access, right: Right): void {
  if (!rights.includes(right)) {
    throw new XqgError('XQG_KEY_RIGHT', { fingerprint: fingerprint ?? 'none', right });
  }
}

export function mayUse({ indexes }: Access, index: string): boolean {
  return indexes === null || indexes.includes(index);
}

/** The filters of a request with those of the access: all must hold. */
export function filtersOf(access: Access, filters: readonly string[] = []): readonly string[] {
  return [...access.filters, ...filters];
}

/** Keys that are not metadata: a document cannot be given them. */
const OWN_KEYS = ['id', 'document', 'source', 'path', 'title', 'lang'];

/**
 * A document as it may be written under these filters: `key=value` conditions on metadata that it
 * lacks are written into it. Of a list, every member must pass: a document that others see, too,
 * could be planted among their results.
 *
 * @param hidden true for ids of documents that are there but do not pass the filters
 * @throws XqgError XQG_DOCUMENT_REFUSED
 */
export function documentWithin(
  document: SourceDocument,
  filters: readonly string[],
  hidden: (id: string) => boolean,
): SourceDocument {
  if (filters.length === 0) return document;
  const given = filters
    .map(parseCondition)
    .filter(({ key, operator }) => operator === '=' && !OWN_KEYS.includes(key))
    .map(({ key, value }) => [key, value] as const);
  const metadata = Object.fromEntries([...given, ...Object.entries(document.metadata)]);
  const written = { ...document, metadata };
  const { id, source, path, title, lang = 'und' } = written;
  const passes = parseFilters(filters, 'all');
  if (hidden(id) || !passes({ id, documentId: id, source, path, title, lang, metadata })) {
    throw new XqgError('XQG_DOCUMENT_REFUSED', { id, filters: filters.join(', ') });
  }
  return written;
}
