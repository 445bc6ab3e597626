/** Trains the pivot side of a pack: which English stems there are, how frequent they are, and their vectors. */
import type { PivotData } from '../pack/pivot.js';
import type { DataPolicy } from './corpora.js';
import { countPivotWords } from './pivotwords.js';
import { type TeacherCard, teach } from './teachers.js';
import { reduceWordVectors, stemVectors, type WordVectorOptions } from './wordvectors.js';

export interface PivotOptions extends WordVectorOptions {
  /** Training folder. */
  readonly data: string;
  readonly languages: readonly string[];
  readonly policy: DataPolicy;
  readonly teachers: readonly TeacherCard[];
  /** Folder for the teachers' answers. */
  readonly cache: string;
  /** Written forms that get a vector; stems of rarer ones go. */
  readonly mostForms: number;
}

export async function trainPivot(options: PivotOptions, say: (message: string) => void): Promise<PivotData> {
  const { dim } = options;
  const vocabulary = await countPivotWords(options.data, options.languages, options.policy);
  const forms: { form: string; stem: number; count: number }[] = [];
  for (let stem = 0; stem < vocabulary.size; stem++)
    for (const [form, count] of vocabulary.formsOf(stem)) forms.push({ form, stem, count });
  forms.sort((a, b) => b.count - a.count || (a.form < b.form ? -1 : 1));
  forms.length = Math.min(forms.length, options.mostForms);
  say(`${forms.length} English words of ${vocabulary.size} stems`);

  const words = forms.map(({ form }) => form);
  const taught: { vectors: Float32Array; dim: number }[] = [];
  for (const card of options.teachers) {
    say(`asking ${card.name}`);
    taught.push({ vectors: await teach(card, words, options.cache), dim: card.dim });
  }
  say('reducing the word vectors');
  const reduced = reduceWordVectors(
    taught,
    forms.map(({ count }) => count),
    options,
  );

  // Stems are numbered by frequency: small numbers are common ones.
  const counts = new Map<number, number>();
  for (const { stem, count } of forms) counts.set(stem, (counts.get(stem) ?? 0) + count);
  const order = [...counts.keys()].sort(
    (a, b) => counts.get(b)! - counts.get(a)! || (vocabulary.terms[a] < vocabulary.terms[b] ? -1 : 1),
  );
  const numberOf = new Map(order.map((stem, number) => [stem, number]));
  const vectors = stemVectors(
    reduced,
    dim,
    forms.map(({ stem, count }) => ({ stem: numberOf.get(stem)!, count })),
    order.length,
  );
  const { bytes, scales } = quantizeRows(vectors, dim);
  return {
    stems: order.map((stem) => vocabulary.terms[stem]),
    surfaces: order.map((stem) => vocabulary.surfaceOf(stem)),
    counts: Float32Array.from(order, (stem) => counts.get(stem)!),
    total: forms.reduce((sum, { count }) => sum + count, 0),
    vectors: bytes,
    scales,
    dim,
  };
}

/** Rows to int8 with one scale a row: the largest entry becomes 127. */
function quantizeRows(rows: Float32Array, dim: number): { bytes: Int8Array; scales: Float32Array } {
  const bytes = new Int8Array(rows.length);
  const scales = new Float32Array(rows.length / dim);
  for (let r = 0; r < scales.length; r++) {
    let largest = 0;
    for (let d = 0; d < dim; d++) largest = Math.max(largest, Math.abs(rows[r * dim + d]));
    scales[r] = largest / 127;
    if (largest > 0)
      for (let d = 0; d < dim; d++) bytes[r * dim + d] = Math.round((rows[r * dim + d] / largest) * 127);
  }
  return { bytes, scales };
}
