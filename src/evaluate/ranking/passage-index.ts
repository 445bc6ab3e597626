/** Passages of a data set as rows of an index in a temporary folder, computed once. */

import { XqgError } from '../../base/errors.js';
import type { Passage } from '../../corpus/passage.js';
import type { Encoder } from '../../encode/encoder.js';
import type { Generator } from '../../generate/generator.js';
import { type ComputedRow, computeRows, type RowRecipe } from '../../indexing/compute.js';
import { ExpectedQueries } from '../../indexing/expectations.js';
import { LexicalSegment } from '../../indexing/lexical/segment.js';
import { SegmentBuilder } from '../../indexing/lexical/segment-builder.js';
import { lexicalRow } from '../../indexing/lexical/segments.js';
import type { Bm25Parameters } from '../../search/lexical/bm25.js';
import { LexicalIndex } from '../../search/lexical/index.js';
import type { EvaluationPassage } from '../data/collection.js';
import { WorkingSnapshot } from './working-snapshot.js';

/** Passages that are encoded together. */
const BATCH = 256;

export interface PassageIndexOptions {
  readonly encoder: Encoder;
  readonly generator: Generator;
  /** Languages in which queries are generated. */
  readonly queryLanguages: readonly string[];
  /** Queries for each passage and language. */
  readonly queries: number;
  /** Seed of drawn queries. */
  readonly seed: number;
}

export class PassageIndex {
  readonly #segments: LexicalSegment[] = [];
  readonly #recipe: RowRecipe;
  #segment = new SegmentBuilder();

  private constructor(
    readonly options: PassageIndexOptions,
    readonly snapshot: WorkingSnapshot,
  ) {
    const { queries, encoder, generator } = options;
    const expectations = ExpectedQueries.of(encoder, generator);
    this.#recipe = { ...options, expectations, queriesPerLanguage: queries };
  }

  private static async create(options: PassageIndexOptions): Promise<PassageIndex> {
    const { encoder, queryLanguages, queries } = options;
    return new PassageIndex(
      options,
      await WorkingSnapshot.create(encoder.identity.dim, queryLanguages, queries),
    );
  }

  /**
   * Builds one index for each of the options from one reading of the passages. `close` deletes the
   * files.
   */
  static async build(
    passages: AsyncIterable<EvaluationPassage> | Iterable<EvaluationPassage>,
    options: readonly PassageIndexOptions[],
  ): Promise<PassageIndex[]> {
    const indexes: PassageIndex[] = [];
    try {
      for (const each of options) indexes.push(await PassageIndex.create(each));
      let batch: Passage[] = [];
      for await (const passage of passages) {
        batch.push(wholePassage(passage));
        if (batch.length < BATCH) continue;
        for (const index of indexes) await index.#add(batch);
        batch = [];
      }
      for (const index of indexes) {
        if (batch.length > 0) await index.#add(batch);
        index.#seal();
      }
      return indexes;
    } catch (error) {
      for (const index of indexes) await index.close();
      throw error;
    }
  }

  /** The lexical leg with these parameters. */
  lexical(parameters: Bm25Parameters): LexicalIndex {
    return new LexicalIndex(this.#segments, parameters);
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }

  async #add(passages: readonly Passage[]): Promise<void> {
    const rows: ComputedRow[] = [];
    for (const row of await computeRows(passages, this.#recipe)) {
      if (row instanceof XqgError) throw row;
      rows.push(row);
    }
    await this.snapshot.add(rows);
    for (const row of rows) {
      this.#segment.add(lexicalRow(row));
      if (this.#segment.full) this.#seal();
    }
  }

  #seal(): void {
    if (this.#segment.rows === 0) return;
    this.#segments.push(LexicalSegment.open(this.#segment.finish(), 'a segment of the evaluation'));
    this.#segment = new SegmentBuilder();
  }
}

function wholePassage({ id, title, text, lang }: EvaluationPassage): Passage {
  return {
    id,
    documentId: id,
    source: '',
    path: '',
    title,
    headings: [],
    text,
    lang,
    langConfidence: 1,
    metadata: {},
    ordinal: 0,
  };
}
