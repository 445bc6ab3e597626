/**
 * The passages that a set of queries is ranked over: one or more blocks side by side, with the sums
 * of their generated queries chosen from what the blocks have stored. The search engine searches it
 * as a snapshot.
 */

import { LexicalSegment } from '../../indexing/lexical/segment.js';
import { SegmentBuilder } from '../../indexing/lexical/segment-builder.js';
import type { LexicalRow, SentenceVectors, Snapshot } from '../../indexing/snapshot.js';
import { queriesBag } from '../../languages/bags.js';
import type { TermBag } from '../../languages/terms.js';
import type { Bm25Parameters } from '../../search/lexical/bm25.js';
import { LexicalIndex } from '../../search/lexical/index.js';
import { dequantize, quantize, quantizedBytes } from '../../store/quantize.js';
import { ByteMatrix } from '../../vectors/byte-matrix.js';
import { EXPECTED_QUERIES, type PlacedBlock, SUM_BITS } from './block.js';
import { type LanguageMeans, meansOf, removeMeans } from './language-means.js';
import {
  centeredSums,
  changesTerms,
  GeneralText,
  meanSums,
  type QueryControl,
  shuffledRows,
  shuffleSums,
} from './query-control.js';

/** Where the means come from that are removed from vectors. */
export type MeansSource = 'none' | 'training' | 'pool';

/** Which generated queries count, and how their vectors are prepared. */
export interface SumSource {
  /** `expected`: the generator's expectation. A number: the first so many drawn queries, 0 none. */
  readonly queries: 'expected' | number;
  /** Whether the lexical leg reads the generator's tables or the terms of the drawn queries. */
  readonly terms: 'expected' | 'drawn';
  /** Percentile of the round-trip score below which drawn queries are dropped; 0 keeps all. */
  readonly dropBelow: number;
  readonly means: MeansSource;
  /** Drawn queries a passage and language that are stored. */
  readonly drawn: number;
  /** What takes the place of a passage's own queries; absent: nothing does. */
  readonly control?: QueryControl;
}

export interface PoolOptions {
  /** Languages in which queries can be generated. */
  readonly queryLanguages: readonly string[];
  /** From training text; empty where there are none. */
  readonly trainingMeans: LanguageMeans;
  /** The round-trip score of every drawn query of a block in a language (see round-trip.ts). */
  readonly roundTrip: (
    pool: Pool,
    block: number,
    lang: string,
    drawn: number,
  ) => Promise<Float32Array>;
}

type GeneratedTerms = Pick<LexicalRow, 'pivot' | 'drawn'>;

export class Pool {
  readonly blocks: readonly PlacedBlock[];
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly dim: number;
  readonly #options: PoolOptions;
  #vectors: Promise<Float32Array> | null = null;
  #sentences: Promise<SentenceVectors> | null = null;

  constructor(blocks: readonly PlacedBlock[], options: PoolOptions) {
    this.blocks = blocks;
    this.#options = options;
    this.ids = blocks.flatMap(({ block, idOf }) => block.passages.ids.map(idOf));
    this.langs = blocks.flatMap(({ block }) => block.passages.langs);
    this.dim = blocks[0].block.dim;
  }

  /** (n x dim), row-major; shared, not to be changed. */
  vectors(): Promise<Float32Array> {
    this.#vectors ??= this.#joined(({ block }) => block.vectors());
    return this.#vectors;
  }

  /** Of all passages. */
  sentences(): Promise<SentenceVectors> {
    this.#sentences ??= this.#joinedSentences();
    return this.#sentences;
  }

  /** The means that are removed with this source, by language. */
  async means(source: MeansSource): Promise<LanguageMeans> {
    if (source === 'training') return this.#options.trainingMeans;
    return source === 'none' ? new Map() : meansOf(await this.vectors(), this.langs, this.dim);
  }

  /** The passages with the sums of their queries, for the search engine. */
  async snapshot(source: SumSource): Promise<Snapshot> {
    const { ids, langs, dim } = this;
    const means = await this.means(source.means);
    const { queries } = source;
    return {
      ids,
      langs,
      dim,
      queryLanguages: queries === 0 ? [] : this.#options.queryLanguages,
      queriesPerLanguage: queries === 'expected' ? EXPECTED_QUERIES : queries,
      passageVectors: async () => {
        const vectors = await this.vectors();
        if (means.size === 0) return vectors;
        const changed = vectors.slice();
        removeMeans(changed, (row) => langs[row], dim, means);
        return changed;
      },
      languageSum: (lang) => this.#controlled(lang, source, means),
      sentences: () => this.sentences(),
    };
  }

  /** (n x dim): the sums of the passages' queries, or of what takes their place. */
  async #controlled(lang: string, source: SumSource, means: LanguageMeans): Promise<Float32Array> {
    const { control, queries } = source;
    const { dim, langs } = this;
    if (control instanceof GeneralText) {
      const mean = await this.blocks[0].block.textMean(control, lang);
      const count = queries === 'expected' ? EXPECTED_QUERIES : queries;
      const sum = mean.map((value) => value * count);
      const sums = new Float32Array(this.ids.length * dim);
      for (const [row, own] of langs.entries()) if (own !== lang) sums.set(sum, row * dim);
      return sums;
    }
    const sums = await this.#joined((_, place) => this.#sums(place, lang, source, means));
    if (control === 'shuffled') return shuffleSums(sums, this.#shuffledRows(), dim);
    if (control === 'mean') return meanSums(sums, langs, dim);
    return control === 'centered' ? centeredSums(sums, dim) : sums;
  }

  #shuffledRows(): Int32Array {
    return shuffledRows(this.ids, this.langs, this.blocks[0].block.seed);
  }

  /**
   * The lexical leg. Expected queries are the generator's table; drawn ones are indexed as terms.
   * @param languages of the drawn queries
   */
  async lexical(
    source: SumSource,
    languages: readonly string[],
    bm25: Bm25Parameters,
  ): Promise<LexicalIndex> {
    const segments: LexicalSegment[] = [];
    let builder = new SegmentBuilder();
    const seal = () => {
      if (builder.rows > 0)
        segments.push(LexicalSegment.open(builder.finish(), 'a segment of the experiment'));
      builder = new SegmentBuilder();
    };
    for await (const row of this.#lexicalRows(source, languages)) {
      builder.add(row);
      if (builder.full) seal();
    }
    seal();
    return new LexicalIndex(segments, bm25);
  }

  async *#lexicalRows(source: SumSource, languages: readonly string[]): AsyncGenerator<LexicalRow> {
    const expected = source.terms === 'expected';
    // Another passage may be in another block: then what is generated has to be in memory.
    const shuffled = changesTerms(source.control)
      ? await this.#shuffledTerms(source, languages)
      : null;
    let poolRow = 0;
    for (const [place, { block }] of this.blocks.entries()) {
      const drawn =
        expected || shuffled !== null ? null : await this.#drawnTerms(place, source, languages);
      let row = 0;
      for await (const batch of block.lexicalPassages()) {
        for (const { own, pivot, lang } of batch) {
          const generated = shuffled?.[poolRow] ?? {
            pivot: expected ? pivot : null,
            drawn: drawn === null ? null : drawn[row],
          };
          yield { own, lang, ...generated };
          row++;
          poolRow++;
        }
      }
    }
  }

  /** Of each row the generated terms of another one; none where it gets no queries. */
  async #shuffledTerms(source: SumSource, languages: readonly string[]): Promise<GeneratedTerms[]> {
    const own: GeneratedTerms[] = [];
    for await (const { pivot, drawn } of this.#lexicalRows(
      { ...source, control: undefined },
      languages,
    ))
      own.push({ pivot, drawn });
    return Array.from(this.#shuffledRows(), (from) => own[from] ?? { pivot: null, drawn: null });
  }

  /** (n x dim) of one block. */
  async #sums(
    place: number,
    lang: string,
    source: SumSource,
    means: LanguageMeans,
  ): Promise<Float32Array> {
    const { block } = this.blocks[place];
    const { dim } = this;
    const n = block.size;
    const sums = new Float32Array(n * dim);
    if (source.queries === 'expected') {
      const rowBytes = quantizedBytes(dim, SUM_BITS);
      const bytes = await block.expectation(lang);
      for (let row = 0; row < n; row++) {
        sums.set(
          dequantize(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), dim, SUM_BITS),
          row * dim,
        );
      }
      if (means.size > 0) removeExpectedMean(sums, lang, dim, means);
      return sums;
    }
    const { starts } = await block.drawn(lang, source.drawn);
    const stored = await block.drawnVectors(lang, source.drawn);
    const vectors = means.size > 0 ? stored.slice() : stored;
    removeMeans(vectors, () => lang, dim, means);
    const included = await this.#included(place, lang, source);
    for (let row = 0; row < n; row++) {
      const sum = sums.subarray(row * dim, (row + 1) * dim);
      const all = Math.min(source.queries, starts[row + 1] - starts[row]);
      let count = 0;
      for (let q = starts[row]; q < starts[row] + all; q++) {
        if (included !== null && included[q] === 0) continue;
        for (let d = 0; d < dim; d++) sum[d] += vectors[q * dim + d];
        count++;
      }
      // A mean is taken by dividing by the number asked for; where fewer are left, their sum is
      // brought to that number.
      if (count > 0 && count < source.queries)
        for (let d = 0; d < dim; d++) sum[d] *= source.queries / count;
      sum.set(dequantize(quantize(sum, SUM_BITS), dim, SUM_BITS));
    }
    return sums;
  }

  async #drawnTerms(
    place: number,
    source: SumSource,
    languages: readonly string[],
  ): Promise<Map<string, TermBag>[]> {
    const { block } = this.blocks[place];
    const terms = Array.from({ length: block.size }, () => new Map<string, TermBag>());
    if (source.queries === 0) return terms;
    for (const lang of languages) {
      const { texts, starts } = await block.drawn(lang, source.drawn);
      const included = await this.#included(place, lang, source);
      texts.forEach((ofRow, row) => {
        const left = ofRow
          .slice(0, source.queries as number)
          .filter((_, i) => included === null || included[starts[row] + i] === 1);
        if (left.length > 0) terms[row].set(lang, queriesBag(left, lang));
      });
    }
    return terms;
  }

  /** 1 for each drawn query of a block that is at or above the percentile; null: all are. */
  async #included(
    place: number,
    lang: string,
    { dropBelow, drawn }: SumSource,
  ): Promise<Uint8Array | null> {
    if (dropBelow === 0) return null;
    const scores = await Promise.all(
      this.blocks.map((_, block) => this.#options.roundTrip(this, block, lang, drawn)),
    );
    const threshold = percentileOf(scores, dropBelow);
    return Uint8Array.from(scores[place], (score) => (score >= threshold ? 1 : 0));
  }

  async #joinedSentences(): Promise<SentenceVectors> {
    const all = await Promise.all(this.blocks.map(({ block }) => block.sentences()));
    const starts = new Uint32Array(this.ids.length + 1);
    let row = 0;
    for (const { counts } of all)
      for (const count of counts) starts[row + 1] = starts[row++] + count;
    const matrix = ByteMatrix.exactly(starts[row], this.dim);
    let sentence = 0;
    for (const { rows } of all) sentence = matrix.fillRows(sentence, rows);
    return { starts, matrix };
  }

  async #joined(
    part: (placed: PlacedBlock, place: number) => Promise<Float32Array>,
  ): Promise<Float32Array> {
    if (this.blocks.length === 1) return part(this.blocks[0], 0);
    const all = new Float32Array(this.ids.length * this.dim);
    let at = 0;
    for (const [place, placed] of this.blocks.entries()) {
      const vectors = await part(placed, place);
      all.set(vectors, at);
      at += vectors.length;
    }
    return all;
  }
}

/**
 * An expected sum is one vector times the number of queries, so the mean is removed from that
 * vector.
 */
function removeExpectedMean(
  sums: Float32Array,
  lang: string,
  dim: number,
  means: LanguageMeans,
): void {
  for (let i = 0; i < sums.length; i++) sums[i] /= EXPECTED_QUERIES;
  removeMeans(sums, () => lang, dim, means);
  for (let i = 0; i < sums.length; i++) sums[i] *= EXPECTED_QUERIES;
}

/** The score below which `percent` of all scores lie. */
export function percentileOf(scores: readonly Float32Array[], percent: number): number {
  const total = scores.reduce((sum, each) => sum + each.length, 0);
  if (total === 0) return Number.NEGATIVE_INFINITY;
  const sorted = new Float32Array(total);
  let at = 0;
  for (const each of scores) {
    sorted.set(each, at);
    at += each.length;
  }
  sorted.sort();
  return sorted[Math.min(total - 1, Math.floor((total * percent) / 100))];
}
