/**
 * Languages that can be translated perfectly: `de` and `th` are English with every word reversed
 * and marked. An encoder and a generator with a distribution, of a few lines each, know them.
 */
import type {
  BagEncoder,
  BagEncoding,
  EncoderIdentity,
  PassageText,
  QueryText,
} from '../../src/encode/encoder.js';
import type {
  DistributionGenerator,
  GeneratorInput,
  QueryDistribution,
  TermFactors,
} from '../../src/generate/generator.js';
import { termsOf } from '../../src/languages/analysis.js';
import type { TermBag } from '../../src/languages/terms.js';

/** The toy word of an English word. */
function reversedWord(word: string, lang: string): string {
  return lang === 'en' ? word : `${lang}${[...word].reverse().join('')}`;
}

export const reversedText = (english: string, lang: string) =>
  english
    .split(' ')
    .map((word) => reversedWord(word, lang))
    .join(' ');

function english(term: string, lang: string): string {
  if (lang === 'en') return term;
  return term.startsWith(lang) ? [...term.slice(lang.length)].reverse().join('') : term;
}

function bag(terms: readonly string[]): TermBag {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) };
}

const DIM = 64;

/**
 * Adds a word to a vector by a hash of its English form; the encoder understands foreign words only
 * by half.
 */
function addWord(vector: Float32Array, word: string, weight: number): void {
  let hash = 7;
  for (const letter of word) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) >>> 0;
  vector[hash % DIM] += weight;
}

export class ReversingEncoder implements BagEncoder, BagEncoding {
  readonly bags: BagEncoding = this;
  encodedPassages = 0;
  encodedQueries = 0;
  readonly identity: EncoderIdentity = {
    name: 'toy',
    dim: DIM,
    weights: 'none',
    unitLength: true,
    settings: {},
  };

  async encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    this.encodedPassages += passages.length;
    return this.#encode(
      passages.map(({ text, lang }) => ({ bag: bag(termsOf(text, lang)), lang })),
    );
  }

  async encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    this.encodedQueries += queries.length;
    return this.#encode(
      queries.map(({ text, languages: [{ lang }] }) => ({ bag: bag(termsOf(text, lang)), lang })),
    );
  }

  async encodeMixtures(
    mixtures: readonly TermBag[],
    partOf: (name: string, lang: string) => TermBag,
    lang: string,
  ): Promise<Float32Array> {
    const bags = mixtures.map(({ terms, weights }) =>
      bag(
        terms.flatMap((name, t) =>
          Array<readonly string[]>(weights[t]).fill(partOf(name, lang).terms).flat(),
        ),
      ),
    );
    return this.#encode(bags.map((each) => ({ bag: each, lang })));
  }

  #encode(texts: readonly { bag: TermBag; lang: string }[]): Float32Array {
    const out = new Float32Array(texts.length * DIM);
    texts.forEach(({ bag: { terms, weights }, lang }, i) => {
      const row = out.subarray(i * DIM, (i + 1) * DIM);
      terms.forEach((term, t) => {
        addWord(row, english(term, lang), 0.5 * weights[t]);
        addWord(row, term, 0.5 * weights[t]);
      });
      const length = Math.hypot(...row);
      if (length > 0) for (let d = 0; d < DIM; d++) row[d] /= length;
    });
    return out;
  }
}

export class ReversingGenerator implements DistributionGenerator, QueryDistribution, TermFactors {
  readonly distribution: QueryDistribution = this;
  readonly factors: TermFactors = this;
  readonly identity = { name: 'toy', weights: 'none', settings: {} };
  readonly languages = ['de', 'en', 'th'];
  drawnFor: string[] = [];

  pivot({ text, lang }: GeneratorInput): TermBag {
    return bag(termsOf(text, lang).map((term) => english(term, lang)));
  }

  expectation({ terms, weights }: TermBag, lang: string): TermBag {
    return { terms: terms.map((stem) => reversedWord(stem, lang)), weights };
  }

  async draw(passages: readonly GeneratorInput[], lang: string, n: number): Promise<string[][]> {
    this.drawnFor.push(lang);
    return passages.map((passage) => {
      const { terms } = this.expectation(this.pivot(passage), lang);
      return Array.from({ length: n }, (_, i) => terms[i % terms.length]);
    });
  }

  knows(term: string, lang: string): boolean {
    return lang !== 'en' && english(term, lang) !== term;
  }

  generatedFrom(term: string, lang: string): TermBag {
    return bag([english(term, lang)]);
  }

  translate(term: string, lang: string): TermBag {
    return lang === 'en' ? bag([]) : bag([english(term, lang)]);
  }

  relatives(): TermBag {
    return bag([]);
  }

  termWeight(): number {
    return 1;
  }

  generatedMass(): number {
    return 1;
  }
}

/** Passages of words drawn from a small vocabulary, so that no system is perfect. */
const WORDS = 'river stone moon orbit flour oven wheel brake table chair window garden'.split(' ');

export const MIXED_TEXTS = Array.from({ length: 30 }, (_, i) =>
  Array.from({ length: 6 }, (_, j) => WORDS[(i * 7 + j * j * (1 + (i % 5))) % WORDS.length]).join(
    ' ',
  ),
);

/** A question of three words about each of the mixed texts. */
export const MIXED_QUESTIONS = MIXED_TEXTS.map((text) => text.split(' ').slice(1, 4).join(' '));
