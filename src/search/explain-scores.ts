/**
 * Why a passage has its scores for a question: the shares of the passage, its best sentence and
 * every language in the dense score, the lexical terms with the pivot stems behind them, and the
 * generated queries nearest to the question. Adds nothing to the ranking.
 */
import { shareOf } from '../augment/fuse.js';
import type { LanguageWeight } from '../languages/terms.js';
import { product } from './dense/javascript-scanner.js';
import type { SearchEngine } from './engine.js';
import { ownVector } from './expansion.js';
import type { RankingVector } from './feedback.js';
import type { TermExplanation } from './lexical/explanation.js';
import {
  type Augmentation,
  checkRequest,
  lexicalModeOf,
  policyWeights,
  type SearchRequest,
} from './request.js';

export interface GeneratedQuery {
  readonly lang: string;
  readonly text: string;
}

export interface DenseExplanation {
  /** Question . fused passage, as the ranking has it. */
  readonly score: number;
  /**
   * The passage's own part of it; with those of the languages, of the sentence and of centering it
   * sums to `score` (within float32 rounding).
   */
  readonly passage: number;
  /**
   * The best sentence, and its part; null where sentences do not count, and for a passage of one,
   * which counts as that.
   */
  readonly sentence: {
    /** Among the sentences of the passage that have vectors, from 0. */
    readonly number: number;
    readonly share: number;
  } | null;
  /** What centering changes, mostly below 0; null where scores are not centered. */
  readonly centering: number | null;
  /**
   * The passage that the question was moved toward (see feedback.ts), and what that gives to the
   * score; null: none.
   */
  readonly toward: { readonly id: string; readonly weight: number; readonly share: number } | null;
  /**
   * The part of the generated queries by language, largest first; languages without queries are
   * absent.
   */
  readonly languages: readonly { readonly lang: string; readonly share: number }[];
  /**
   * What the question's own words give to the score, and what its expansion gives; with the share
   * of `toward` they sum to it. Of an appended text `text` is what it changed. Null without one.
   */
  readonly expansion: { readonly question: number; readonly text: number } | null;
}

interface LexicalExplanation {
  /** BM25, as the ranking has it; null: no term matched. */
  readonly score: number | null;
  /**
   * By language of the question, then of its expansion; contributions times `weight` sum to
   * `score`.
   */
  readonly languages: readonly {
    readonly lang: string;
    readonly weight: number;
    /** True: terms that the expansion added. */
    readonly expansion: boolean;
    readonly terms: readonly TermExplanation[];
  }[];
}

export interface Explanation {
  readonly row: number;
  readonly id: string;
  /** Null if the request does not augment. */
  readonly augmentation: Augmentation | null;
  /** Null if the question has no vector. */
  readonly dense: DenseExplanation | null;
  readonly lexical: LexicalExplanation;
  /** Of the queries that were given, nearest first. */
  readonly nearest: readonly (GeneratedQuery & { readonly similarity: number })[];
}

/**
 * Explains both legs whatever the request's mode is.
 *
 * @param row of the snapshot, in [0, n)
 * @param queries generated queries of that passage, to be sorted by their similarity to the
 * question
 * @throws XqgError as `SearchEngine.rank`
 */
export async function explainScores(
  engine: SearchEngine,
  request: SearchRequest,
  row: number,
  queries: readonly GeneratedQuery[] = [],
): Promise<Explanation> {
  checkRequest(request);
  const question = await engine.rankingVector(request);
  const hasVector = question.question.some((value) => value !== 0);
  return {
    row,
    id: engine.snapshot.ids[row],
    augmentation: request.augment ? engine.augmentation(request) : null,
    dense: hasVector ? await explainDense(engine, request, question, row) : null,
    lexical: explainLexical(engine, request, row),
    nearest: hasVector ? await nearest(engine, question.question, queries) : [],
  };
}

async function explainDense(
  engine: SearchEngine,
  request: SearchRequest,
  ranking: RankingVector,
  row: number,
): Promise<DenseExplanation> {
  const { question, vector, toward } = ranking;
  const questionShare = toward?.questionShare ?? 1;
  const centered = await engine.centered(request, question);
  const score = await engine.denseScore(request, vector, row);
  // What ranks, without centering.
  const plain =
    centered === question
      ? vector
      : vector.map((value, d) => value + questionShare * (question[d] - centered[d]));
  const best = await engine.bestSentence(request, vector, row);
  const { sentenceWeight, centering } = engine.denseTerms(request);
  const sentenceShare = best === null ? 0 : sentenceWeight * product(plain, best.vector, 0);
  const fused = await explainFused(engine, request, plain, row);
  const scale = best === null ? 1 : 1 - sentenceWeight;
  const languages = fused.languages.map(({ lang, share }) => ({ lang, share: scale * share }));
  const passage = scale * fused.passage + (best?.number === null ? sentenceShare : 0);
  const sentence =
    best === null || best.number === null ? null : { number: best.number, share: sentenceShare };
  const parts = languages.reduce((sum, { share }) => sum + share, passage + (sentence?.share ?? 0));
  // A part of the question's vector, as it is compared.
  const scoreOf = async (part: Float32Array): Promise<number> => {
    const compared = await engine.centered(request, part);
    const scaled = questionShare === 1 ? compared : compared.map((value) => questionShare * value);
    return engine.denseScore(request, scaled, row);
  };
  const ownScore = toward === null ? score : await scoreOf(question);
  const movedToward = toward && {
    id: engine.snapshot.ids[toward.row],
    weight: toward.weight,
    share: score - ownScore,
  };
  const words =
    request.expansion == null ? null : await scoreOf(await ownVector(engine.encoder, request));
  return {
    score,
    passage,
    sentence,
    centering: centering === null ? null : score - parts,
    toward: movedToward,
    languages,
    expansion: words === null ? null : { question: words, text: ownScore - words },
  };
}

/** The products of a vector with a fused passage, by what was fused; largest language first. */
async function explainFused(
  engine: SearchEngine,
  request: SearchRequest,
  vector: Float32Array,
  row: number,
): Promise<Pick<DenseExplanation, 'passage' | 'languages'>> {
  const passage = await engine.passageVector(row);
  const sums = request.augment ? await languageSums(engine, row) : new Map<string, Float32Array>();
  const shares = new Map<string, number>();
  let own = 0;
  for (const { lang, weight } of request.languages) {
    const parts = request.augment
      ? fusedParts(engine, request, lang, passage, sums)
      : { passageWeight: 1, languages: [] };
    own += weight * parts.passageWeight * product(vector, passage, 0);
    for (const part of parts.languages) {
      const share = weight * part.weight * product(vector, sums.get(part.lang)!, 0);
      shares.set(part.lang, (shares.get(part.lang) ?? 0) + share);
    }
  }
  const languages = [...shares]
    .map(([lang, share]) => ({ lang, share }))
    .sort((a, b) => b.share - a.share);
  return { passage: own, languages };
}

/**
 * What the passage's vector and its sums are multiplied with to give the fused vector of one
 * matrix.
 */
function fusedParts(
  engine: SearchEngine,
  request: SearchRequest,
  asker: string,
  passage: Float32Array,
  sums: ReadonlyMap<string, Float32Array>,
): { passageWeight: number; languages: LanguageWeight[] } {
  const { queryLanguages, queriesPerLanguage: queries } = engine.snapshot;
  const augmentation = engine.augmentation(request);
  const used = policyWeights(augmentation.languages, asker, queryLanguages).filter(({ lang }) =>
    queryLanguages.includes(lang),
  );
  if (used.length === 0 || augmentation.alpha === 0) return { passageWeight: 1, languages: [] };
  const { passageWeight, shares } = shareOf(
    used.map(({ weight }) => ({ weight, queries })),
    augmentation,
  );
  const languages = used
    .map(({ lang }, i) => ({ lang, weight: shares[i] }))
    .filter(({ lang }) => sums.has(lang));
  const scale = augmentation.renormalize
    ? 1 / fusedLength(passageWeight, passage, languages, sums)
    : 1;
  return {
    passageWeight: scale * passageWeight,
    languages: languages.map(({ lang, weight }) => ({ lang, weight: scale * weight })),
  };
}

/** The length of the fused vector before renormalization; 1 for a zero vector, which stays zero. */
function fusedLength(
  passageWeight: number,
  passage: Float32Array,
  languages: readonly LanguageWeight[],
  sums: ReadonlyMap<string, Float32Array>,
): number {
  let squares = 0;
  for (let i = 0; i < passage.length; i++) {
    let value = passageWeight * passage[i];
    for (const { lang, weight } of languages) value += weight * sums.get(lang)![i];
    squares += value * value;
  }
  return Math.sqrt(squares) || 1;
}

async function languageSums(
  engine: SearchEngine,
  row: number,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { snapshot } = engine;
  if (snapshot.languageSumsOf !== undefined) return snapshot.languageSumsOf(row);
  const sums = new Map<string, Float32Array>();
  for (const lang of snapshot.queryLanguages) {
    const matrix = await snapshot.languageSum(lang);
    sums.set(lang, matrix.slice(row * snapshot.dim, (row + 1) * snapshot.dim));
  }
  return sums;
}

function explainLexical(
  engine: SearchEngine,
  request: SearchRequest,
  row: number,
): LexicalExplanation {
  const mode = lexicalModeOf(request);
  const languages = engine
    .lexicalQuestions(request)
    .map(({ lang, bag, view, weight, expansion }) => {
      const terms = engine.lexical.explain(bag, view, mode, row);
      return {
        lang,
        weight,
        expansion,
        terms: terms.sort((a, b) => b.contribution - a.contribution),
      };
    });
  const score = languages.reduce(
    (sum, { weight, terms }) =>
      terms.reduce((total, term) => total + weight * term.contribution, sum),
    0,
  );
  return { score: score > 0 ? score : null, languages };
}

async function nearest(
  engine: SearchEngine,
  vector: Float32Array,
  queries: readonly GeneratedQuery[],
): Promise<Explanation['nearest']> {
  if (queries.length === 0) return [];
  const vectors = await engine.encoder.encodeQueries(
    queries.map(({ lang, text }) => ({ text, languages: [{ lang, weight: 1 }] })),
  );
  return queries
    .map((query, i) => ({ ...query, similarity: product(vector, vectors, i * vector.length) }))
    .sort((a, b) => b.similarity - a.similarity);
}
