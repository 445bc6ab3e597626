/**
 * A fake encoder, two fake generators and documents, which depend only on their input: cheap, and
 * different for every text.
 */
import { createHash } from 'node:crypto';
import type { SourceDocument } from '../../src/corpus/passage.js';
import type { BagEncoder, Encoder } from '../../src/encode/encoder.js';
import type { DistributionGenerator, Generator } from '../../src/generate/generator.js';
import type { TermBag } from '../../src/languages/terms.js';

export const DIM = 16;

function vectorOf(text: string): number[] {
  const bytes = createHash('sha256').update(text).digest();
  const raw = Array.from({ length: DIM }, (_, i) => bytes[i] - 127.5);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}

const matrix = (texts: readonly string[]): Float32Array =>
  Float32Array.from(texts.flatMap(vectorOf));

export const encoder: BagEncoder = {
  identity: { name: 'fake', dim: DIM, weights: 'w', unitLength: true, settings: {} },
  encodePassages: async (passages) => matrix(passages.map(({ title, text }) => `${title} ${text}`)),
  encodeQueries: async (queries) => matrix(queries.map(({ text }) => text)),
  bags: {
    encodeMixtures: async (mixtures, partOf, lang) =>
      matrix(
        mixtures.map(
          ({ terms }) =>
            `${lang} ${terms
              .flatMap((name) => partOf(name, lang).terms)
              .sort()
              .join(' ')}`,
        ),
      ),
  },
};

/** The same encoder without support for bags of terms. */
export const textEncoder: Encoder = {
  identity: encoder.identity,
  encodePassages: encoder.encodePassages,
  encodeQueries: encoder.encodeQueries,
};

const languages = ['bn', 'en', 'th'];

/** Every word of at least five letters is a stem e, whose only translation into L is `L:e`. */
export const generator: DistributionGenerator = {
  identity: { name: 'fake', weights: 'g', settings: {} },
  languages,
  distribution: {
    pivot: ({ text }) => {
      const stems = [...new Set(text.match(/\p{L}{5,}/gu) ?? [])];
      return { terms: stems, weights: Float32Array.from(stems, (stem) => stem.length / 8) };
    },
    expectation: (pivot, lang): TermBag => ({
      terms: pivot.terms.map((stem) => `${lang}:${stem}`),
      weights: pivot.weights,
    }),
    factors: {
      knows: () => false,
      generatedFrom: () => ({ terms: [], weights: new Float32Array(0) }),
      translate: () => ({ terms: [], weights: new Float32Array(0) }),
      relatives: () => ({ terms: [], weights: new Float32Array(0) }),
      termWeight: () => 1,
      generatedMass: () => 1,
    },
  },
  draw: async (passages, lang, n) =>
    passages.map(({ id }) => Array.from({ length: n }, (_, i) => `${lang} query ${i} of ${id}`)),
};

export const drawing: Generator = {
  identity: { name: 'drawing', weights: 'g', settings: {} },
  languages,
  draw: generator.draw,
};

const WORDS =
  'freedom person equal dignity before the law and everyone has right to education work rest home'.split(
    ' ',
  );

const THAI_WORDS =
  'เสรีภาพ บุคคล เสมอภาค ศักดิ์ศรี ก่อน ความ กฎหมาย และ ทุกคน มีสิทธิ ถูกต้อง เพื่อ การศึกษา การงาน พักผ่อน บ้าน'.split(
    ' ',
  );

/** Documents of one passage each, but every seventh has three; every third is in Thai. */
export function documentOf(number: number, changes: Partial<SourceDocument> = {}): SourceDocument {
  const words = number % 3 === 0 ? THAI_WORDS : WORDS;
  const word = (i: number): string => words[(number * 7 + i * i) % words.length];
  const paragraph = (part: number): string =>
    `Document ${number} part ${part}: ${Array.from({ length: 12 }, (_, i) => word(i + part)).join(' ')}.`;
  const parts = number % 7 === 0 ? 3 : 1;
  return {
    id: `d${number}`,
    source: '/data',
    path: `/data/d${number}.md`,
    title: `Title ${number}`,
    lang: number % 3 === 0 ? 'th' : 'en',
    metadata: { number, odd: number % 2 === 1 },
    blocks: Array.from({ length: parts }, (_, part) => ({
      headings: [`Part ${part}`],
      text: paragraph(part),
    })),
    ...changes,
  };
}

export async function* documentsOf(
  numbers: Iterable<number>,
  changed: (number: number) => Partial<SourceDocument> = () => ({}),
): AsyncGenerator<SourceDocument> {
  for (const number of numbers) yield documentOf(number, changed(number));
}

/** For `documentsOf`: 0 to 4 more sentences in every passage. */
export function withSentences(number: number): Partial<SourceDocument> {
  const sentence = (i: number): string =>
    number % 3 === 0
      ? `${THAI_WORDS[(number + i) % THAI_WORDS.length]} คือประโยคที่ ${i} ของเอกสาร ${number}.`
      : `${WORDS[(number + i) % WORDS.length].toUpperCase()} is sentence ${i} of document ${number}.`;
  return {
    blocks: documentOf(number).blocks.map(({ headings, text }) => ({
      headings,
      text: [text, ...Array.from({ length: number % 5 }, (_, i) => sentence(i))].join(' '),
    })),
  };
}

export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
