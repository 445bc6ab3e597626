/** One hash for everything that the rows of a document depend on. Knows no row. */
import { createHash } from 'node:crypto';
import type { SourceDocument } from '../corpus/passage.js';
import { canonicalJson, type IndexIdentity } from './manifest.js';

/** A function from documents to sha256 (hex): of the document, the settings of the splitting, and what makes the rows. */
export function documentHasher(
  identity: IndexIdentity,
  splitting: unknown,
): (document: SourceDocument) => string {
  const settings = createHash('sha256').update(canonicalJson({ identity, splitting })).digest('hex');
  return ({ line: _, ...document }) =>
    // The line moves when another row changes, and no row keeps it.
    createHash('sha256').update(settings).update(canonicalJson(document)).digest('hex');
}
