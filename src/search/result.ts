/** What a search returns. */

import type { MetadataValue } from '../corpus/passage.js';
import type { ExpansionInfo } from '../expand/apply.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { SearchMode } from './options.js';
import type { Augmentation } from './request.js';

export interface SearchResult {
  readonly question: string;
  /** The languages in which the question was searched; weights sum to 1. */
  readonly languages: readonly LanguageWeight[];
  readonly language: 'given' | 'detected';
  /** Languages of the question that the index has no tables for: found by the dense leg alone. */
  readonly withoutTables: readonly string[];
  readonly mode: SearchMode;
  /** null where it was searched without xQG. */
  readonly augmentation: Augmentation | null;
  /** Weight of the best passage of a first pass in the question's vector; 0: one pass. */
  readonly feedback: number;
  /** null where the question was searched as it is. */
  readonly expansion: ExpansionInfo | null;
  /** null where every passage was looked at. */
  readonly ann: AnnUse | null;
  /** What people should know, as sentences. */
  readonly warnings: readonly string[];
  /** Best first; at most `k`. */
  readonly hits: readonly Hit[];
}

/** A passage that was found. */
export interface Hit {
  /** From 1. */
  readonly rank: number;
  readonly id: string;
  /**
   * What the hits are ordered by: the score of the leg, or in a hybrid the weighted sum of both,
   * normalized, which is comparable within one result only.
   */
  readonly score: number;
  /** Question . passage vector; null where the mode or the question has no dense leg. */
  readonly dense: number | null;
  /** BM25, > 0; null where the mode has no lexical leg or no term matched. */
  readonly lexical: number | null;
  readonly documentId: string;
  readonly title: string;
  readonly path: string;
  /** What brought it: the argument of `xqg index`, or the name that it was added under. */
  readonly source: string;
  /** Heading trail, outermost first. */
  readonly headings: readonly string[];
  /** ISO 639-1 code; `und` where it is not known. */
  readonly lang: string;
  /** 1 if given; else the detector's probability in [0, 1]. */
  readonly langConfidence: number;
  readonly text: string;
  /**
   * The sentence of the text that fits the question best, by its vector where sentences count in
   * the dense leg, else by its words; empty for a passage without text.
   */
  readonly snippet: string;
  /** Where the snippet lies in the text, in UTF-16 code units; null for a passage without text. */
  readonly sentence: { readonly start: number; readonly end: number } | null;
  /**
   * Grouped by document: ids of the other passages of this document that were found, best first.
   */
  readonly others: readonly string[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/** How a dense leg was answered that did not look at every passage. */
export interface AnnUse {
  /**
   * Share of what exact search finds among its first ten, in [0, 1], as it was measured at
   * `measuredAlpha`; null where it was measured for another profile, or other weights of sentences
   * and centering.
   */
  readonly recall: number | null;
  readonly measuredAlpha: number;
  /** Passages that were scored exactly. */
  readonly candidates: number;
}

/** One of many questions. */
export interface Question {
  readonly text: string;
  /** Wins over the language of the options. */
  readonly lang?: string | readonly LanguageWeight[];
}

/** A question with the ids and scores of its hits, best first. */
export interface QuestionHits<Q extends Question = Question> {
  readonly question: Q;
  /** As in `SearchResult`. */
  readonly languages: readonly LanguageWeight[];
  /** Ids of passages; grouped by document those of documents. */
  readonly hits: readonly Pick<Hit, 'id' | 'score' | 'dense' | 'lexical'>[];
}
