/**
 * The languages of the documents around a document, by which a short one is judged. They are those
 * at the beginning of the same file of rows, or of the same folder: whatever else is indexed, in
 * whatever order and however often it is interrupted, does not matter.
 */
import { detectLanguage } from '../languages/detect.js';
import type { KnownWords } from '../languages/vocabulary.js';
import type { SourceDocument } from './passage.js';
import { sampleOf, weighedByNeighbors } from './passage-languages.js';

/** Documents of a collection that are looked at, and their code units that may wait for it. */
const SAMPLED = 100;
const MOST_TEXT = 1 << 18;

interface Sample {
  readonly declared: string | undefined;
  readonly text: string;
}

/** Documents of one file or folder. */
class Collection {
  #samples: Sample[] = [];
  #shares: Promise<ReadonlyMap<string, number>> | undefined;
  readonly #words: KnownWords | undefined;

  constructor(words: KnownWords | undefined) {
    this.#words = words;
  }

  add(document: SourceDocument): void {
    this.#samples.push({ declared: document.lang, text: sampleOf(document) });
  }

  /** Shares of languages; they sum to 1, or none is known. */
  languages(): Promise<ReadonlyMap<string, number>> {
    this.#shares ??= this.#count();
    return this.#shares;
  }

  async #count(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    for (const { declared, text } of this.#samples) {
      const languages =
        declared === undefined
          ? weighedByNeighbors(
              (await detectLanguage(text, this.#words)).candidates,
              new Map(),
              this.#words,
            )
          : [{ lang: declared, weight: 1 }];
      for (const { lang, weight } of languages) sums.set(lang, (sums.get(lang) ?? 0) + weight);
    }
    this.#samples = [];
    const total = [...sums.values()].reduce((sum, weight) => sum + weight, 0);
    return new Map([...sums].map(([lang, weight]) => [lang, weight / total]));
  }
}

export interface CollectedDocument {
  readonly document: SourceDocument;
  readonly collection: Collection;
}

/**
 * Passes documents on in their order, each with its collection. Before the first one that declares
 * no language, the first documents of its collection are read ahead.
 */
export async function* inCollections(
  documents: AsyncIterable<SourceDocument>,
  words: KnownWords | undefined,
): AsyncGenerator<CollectedDocument> {
  let key: string | null = null;
  let collection = new Collection(words);
  let waiting: SourceDocument[] = [];
  let sampled = 0;
  let text = 0;
  for await (const document of documents) {
    const next = document.line === undefined ? document.source : document.path;
    if (next !== key) {
      for (const first of waiting) yield { document: first, collection };
      key = next;
      collection = new Collection(words);
      waiting = [];
      sampled = 0;
      text = 0;
    }
    if (sampled < SAMPLED && text < MOST_TEXT) {
      collection.add(document);
      sampled++;
      for (const block of document.blocks) text += block.text.length;
      if (waiting.length > 0 || document.lang === undefined) {
        waiting.push(document);
        if (sampled < SAMPLED && text < MOST_TEXT) continue;
      }
    }
    for (const first of waiting) yield { document: first, collection };
    if (!waiting.includes(document)) yield { document, collection };
    waiting = [];
  }
  for (const first of waiting) yield { document: first, collection };
}
