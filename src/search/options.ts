/** What can be asked of an index, and what it answers. Holds no logic. */

import { z } from 'zod';
import type { LanguagePolicy, ProfileName } from '../augment/profiles.js';
import type { MetadataValue } from '../corpus/passage.js';
import type { ExpandOptions, Expansion, ExpansionWay } from '../expand/apply.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { Augmentation, SearchMode } from './request.js';

export interface SearchOptions {
  /** Default `hybrid`. */
  readonly mode?: SearchMode;
  /** With the generated queries (xQG) or without. Default: with, where the index has any. */
  readonly augment?: boolean;
  /** Also translate the question's terms (query translation), in the lexical leg. Default false. */
  readonly translate?: boolean;
  /** Default: `unit` for encoders with unit-length vectors, else `paper`. */
  readonly profile?: ProfileName;
  /** In [0, 1]. Default: the profile's. */
  readonly alpha?: number;
  /** Which languages' generated queries count. Default: the profile's. */
  readonly languagePolicy?: LanguagePolicy;
  /**
   * Weight of the best passage of a first pass in the question's vector, >= 0: translations of that
   * passage rise. Default: 0.2 where the mode is `dense`, passages are in several languages and the
   * encoder is that of a pack; else 0, one pass.
   */
  readonly feedback?: number;
  /** Language of the question, or a weighting over several. Default: detected. */
  readonly lang?: string | readonly LanguageWeight[];
  /**
   * Conditions that must all hold: `year>=2020`, `topic!=sports`. Keys are those of the metadata,
   * and `lang` (of the passage), `document`, `source`, `path`, `title`, `id`.
   */
  readonly filters?: readonly string[];
  /** Only the best passage of each document; `k` counts documents. */
  readonly groupBy?: 'document';
  /** At most so many results, >= 1. Default 10. */
  readonly k?: number;
  /**
   * A text that a model writes from the question is searched with it, or one that `XqgIndex.expand`
   * had written from this question before. Default: none.
   */
  readonly expand?: ExpandOptions | ExpandedQuestion;
  /** When aborted, the search ends at its next stop with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The dense leg through the ANN index: true: it must be there and fit; false: exact search.
   * Default: through it where it is there; exactly, with a warning, where it does not fit.
   */
  readonly ann?: boolean;
}

/** What a question was expanded by. */
export interface ExpansionInfo {
  readonly text: string;
  /** Likeliest language of the text. */
  readonly lang: string;
  readonly how: ExpansionWay;
  readonly weight: number;
  /** What wrote it. */
  readonly by: string;
  /** What the question had to wait for it. */
  readonly milliseconds: number;
}

/** How a dense leg was answered that did not look at every passage. */
export interface AnnUse {
  /**
   * Share of what exact search finds among its first ten, as it was measured at `measuredAlpha`;
   * null where it was measured for another profile.
   */
  readonly recall: number | null;
  readonly measuredAlpha: number;
  /** Passages that were scored exactly. */
  readonly candidates: number;
}

export interface SearchResult {
  readonly question: string;
  /** The languages in which the question was searched; weights sum to 1. */
  readonly languages: readonly LanguageWeight[];
  readonly language: 'given' | 'detected';
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
  /** Best first. */
  readonly hits: readonly Hit[];
}

export interface Hit {
  /** From 1. */
  readonly rank: number;
  readonly id: string;
  /** What the hits are ordered by; in a hybrid comparable within one answer only. */
  readonly score: number;
  /** Score of the dense leg; null if it has none. */
  readonly dense: number | null;
  /** Score of the lexical leg; null if no term matched. */
  readonly lexical: number | null;
  readonly documentId: string;
  readonly title: string;
  readonly path: string;
  /** What brought it: the argument of `xqg index`, or the name that it was added under. */
  readonly source: string;
  /** Heading trail, outermost first. */
  readonly headings: readonly string[];
  readonly lang: string;
  /** 1 if given; else the detector's probability in [0, 1]. */
  readonly langConfidence: number;
  readonly text: string;
  /** The sentence of the text that fits the question best; empty for a passage without text. */
  readonly snippet: string;
  /**
   * Grouped by document: ids of the other passages of this document that were found, best first.
   */
  readonly others: readonly string[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/** A whole number of at least `least`. */
export const wholeNumber = (least: number) =>
  z
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(least, `is less than ${least}`);

/** A number within [least, most]. */
export const numberWithin = (least: number, most: number) =>
  z
    .number({ error: 'is not a number' })
    .min(least, `is less than ${least}`)
    .max(most, `is more than ${most}`);

/** One of a few words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W) =>
  z.enum(words, { error: `is not one of ${words.join(', ')}` });

export const searchFields = {
  mode: oneOf('dense', 'lexical', 'hybrid').describe('Which legs rank the passages.'),
  augment: oneOf('on', 'off', 'both').describe(
    'With the generated queries (xQG), without them, or both rankings beside each other.',
  ),
  alpha: numberWithin(0, 1).describe(
    'Weight of the generated queries; the default is that of the profile.',
  ),
  profile: oneOf('unit', 'paper').describe(
    'How queries are fused; the default is what fits the encoder.',
  ),
  translate: z.boolean().describe('Also translate the words of the question (lexical leg).'),
  lang: z
    .string()
    .max(35)
    .describe('Language of the question, a code such as th; the default is to detect it.'),
  feedback: numberWithin(0, 100).describe(
    'Weight of the best passage of a first pass in the vector of the question, so that its translations rise; 0: one pass.',
  ),
  filters: z
    .array(z.string().max(500))
    .max(32)
    .describe('Conditions that must all hold: year>=2020, lang=de, topic!=sports.'),
  groupBy: oneOf('document').describe('Only the best passage of each document.'),
  k: wholeNumber(1).describe('Results at most.'),
} as const;

export interface Question {
  readonly text: string;
  /** Wins over the language of the options. */
  readonly lang?: string | readonly LanguageWeight[];
}

/** A question with the ids and scores of its hits, best first. */
export interface QuestionHits<Q extends Question = Question> {
  readonly question: Q;
  readonly languages: readonly LanguageWeight[];
  /** Ids of passages; grouped by document those of documents. */
  readonly hits: readonly Pick<Hit, 'id' | 'score' | 'dense' | 'lexical'>[];
}

/** A question's expansion; both null where nothing was asked for. */
export interface ExpandedQuestion {
  readonly expansion: Expansion | null;
  /** For people. */
  readonly used: ExpansionInfo | null;
}
