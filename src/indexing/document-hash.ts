/**
 * One hash for everything that the rows of a document depend on. Of a glossary that is the concepts whose terms the document
 * holds, so that another glossary changes the hashes of the documents that it touches. Knows no row.
 */
import { createHash } from 'node:crypto';
import type { SourceDocument } from '../corpus/passage.js';
import type { CorpusOptions } from '../corpus/passages.js';
import { canonicalTerms, type Glossary } from '../glossary/glossary.js';
import { languageOfTag } from '../languages/tags.js';
import { canonicalJson, type IndexIdentity } from './manifest.js';

/** A function from documents to sha256 (hex): of the document, the settings of the splitting, and what makes the rows. */
export function documentHasher(
  identity: IndexIdentity,
  splitting: CorpusOptions,
  glossary: Glossary | null = null,
): (document: SourceDocument) => string {
  const { glossary: _, ...others } = identity;
  const settings = createHash('sha256')
    .update(canonicalJson({ identity: others, splitting }))
    .digest('hex');
  return ({ line: _line, ...document }) => {
    // The line moves when another row changes, and no row keeps it.
    const hash = createHash('sha256').update(settings).update(canonicalJson(document));
    if (glossary !== null) for (const terms of touching(glossary, document, splitting)) hash.update(terms);
    return hash.digest('hex');
  };
}

/** The terms of the concepts that a document holds; where its language is yet to be detected, in any language. */
function touching(
  glossary: Glossary,
  { title, blocks, lang }: SourceDocument,
  splitting: CorpusOptions,
): string[] {
  const given = splitting.lang ?? lang;
  const langs = given === undefined ? glossary.languages : [languageOfTag(given) ?? given];
  const text = [title, ...blocks.map((block) => block.text)].join('\n');
  return glossary
    .conceptsIn(text, langs)
    .map(({ terms }) => canonicalTerms(terms))
    .sort();
}
