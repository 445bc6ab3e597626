/**
 * A small random multilingual corpus with an encoder that knows its words, for tests of the engine.
 */
import type { LanguageCentroids } from '../../src/encode/centroids.js';
import type { Encoder } from '../../src/encode/encoder.js';
import type { TermBag } from '../../src/languages/terms.js';
import { quantize } from '../../src/store/quantize.js';
import type { MemoryRow } from './memory-index.js';
import { Random } from './random.js';
import { bag, TabledFactors } from './tabled-factors.js';

export const DIM = 24;
const STEMS = Array.from({ length: 30 }, (_, i) => `stem${i}`);
const LANGUAGES = ['en', 'fi', 'th'];

/** The word for a stem in a language; English has the stem itself. */
function word(stem: string, lang: string): string {
  return lang === 'en' ? stem : `${lang}${stem.slice(4)}`;
}

function vectorOf(stem: string): Float32Array {
  return new Random(Number(stem.slice(4)) + 1).floats(DIM);
}

/** Unit vector of the sum of the words' vectors; zero if none is known. */
export function encode(text: string): Float32Array {
  const sum = new Float32Array(DIM);
  for (const token of text.split(' ')) {
    const stem = STEMS.find((s) => LANGUAGES.some((lang) => word(s, lang) === token));
    vectorOf(stem ?? 'stem999').forEach((value, i) => {
      if (stem !== undefined) sum[i] += value;
    });
  }
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((value) => value / length);
}

export const encoder: Encoder = {
  identity: { name: 'fake', dim: DIM, weights: '0', unitLength: true, settings: {} },
  encodePassages: async (passages) => join(passages.map(({ text }) => encode(text))),
  encodeQueries: async (queries) => join(queries.map(({ text }) => encode(text))),
};

export function analyze(text: string): TermBag {
  const counts: Record<string, number> = {};
  for (const token of text.split(' ')) counts[token] = (counts[token] ?? 0) + 1;
  return bag(counts);
}

const table = (lang: string): Record<string, Record<string, number>> =>
  Object.fromEntries(
    STEMS.map((stem) => [stem, { [word(stem, lang)]: 0.75, [`${lang}-any`]: 0.25 }]),
  );

export const factors = new TabledFactors(
  { fi: table('fi'), th: table('th') },
  { fi: table('fi'), th: table('th') },
);

/**
 * `n` passages in English, a few of them twice and some in Finnish; queries in Finnish and Thai.
 */
export function corpus(n: number): MemoryRow[] {
  const random = new Random(n);
  const rows: MemoryRow[] = [];
  for (let i = 0; i < n; i++) {
    const lang = i % 5 === 4 ? 'fi' : 'en';
    const stems = Array.from(
      { length: 4 + random.below(6) },
      () => STEMS[random.below(STEMS.length)],
    );
    const text = stems.map((stem) => word(stem, lang)).join(' ');
    const generated = [...LANGUAGES].filter((l) => l !== lang && l !== 'en');
    const row: MemoryRow = {
      id: `p${n - i}`,
      lang,
      vector: encode(text),
      sums: new Map(
        generated.map((l) => [
          l,
          encode(
            stems
              .slice(0, 3)
              .map((s) => word(s, l))
              .join(' '),
          ),
        ]),
      ),
      own: analyze(text),
      pivot: analyze(stems.join(' ')),
      drawn: null,
    };
    rows.push(i % 7 === 6 ? { ...rows[i - 3], id: row.id } : row);
  }
  return rows;
}

/** Made-up centroids of the fake encoder; Thai has none of its own. */
export const centroids: LanguageCentroids = {
  queries: new Map(['en', 'fi'].map((lang, i) => [lang, centroid(700 + i)])),
  passages: new Map(['en', 'fi'].map((lang, i) => [lang, centroid(800 + i)])),
  sha256: 'made up',
};

function centroid(seed: number): Float32Array {
  const vector = new Random(seed).floats(DIM);
  const length = Math.hypot(...vector);
  return vector.map((value) => (0.8 * value) / length);
}

/** The same encoder with centroids. */
export const centeredEncoder: Encoder = { ...encoder, centroids };

/** The same for texts with punctuation and capitals, such as those of `sentenceDocuments`. */
export const sentenceEncoder: Encoder = {
  ...centeredEncoder,
  encodePassages: async (passages) => join(passages.map(({ text }) => encode(wordsOf(text)))),
  encodeQueries: async (queries) => join(queries.map(({ text }) => encode(wordsOf(text)))),
};

export function wordsOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9 ]/g, '');
}

/** `n` documents of one to four sentences, in English and Finnish. */
export function sentenceDocuments(n: number): { id: string; text: string; lang: string }[] {
  return Array.from({ length: n }, (_, i) => {
    const lang = i % 3 === 0 ? 'fi' : 'en';
    const sentence = (s: number): string => {
      const words = [1, 2, 3].map((w) =>
        word(`stem${(i * w * w + 7 * s * w + (i >> w)) % STEMS.length}`, lang),
      );
      return `${words[0][0].toUpperCase()}${words[0].slice(1)} ${words[1]} ${words[2]}.`;
    };
    return {
      id: `p${i}`,
      text: Array.from({ length: 1 + (i % 4) }, (_, s) => sentence(s)).join(' '),
      lang,
    };
  });
}

/** Rows with 2 to 5 sentences near their vectors; every fourth passage is of one. */
export function withSentences(rows: readonly MemoryRow[]): MemoryRow[] {
  return rows.map((row, r) => {
    if (r % 4 === 3) return row;
    const random = new Random(5000 + r);
    const cells = Array.from({ length: 2 + random.below(4) }, () => {
      const noise = random.floats(DIM);
      const vector = row.vector.map((value, d) => value + 0.6 * noise[d]);
      const length = Math.hypot(...vector);
      return quantize(
        vector.map((value) => value / length),
        8,
      );
    });
    return { ...row, sentences: new Uint8Array(Buffer.concat(cells)) };
  });
}

function join(vectors: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(vectors.length * DIM);
  vectors.forEach((vector, i) => {
    joined.set(vector, i * DIM);
  });
  return joined;
}
