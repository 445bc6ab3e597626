/**
 * English passages shaped like real text: words of the pack's vocabulary by Zipf's law, 80 to 120 of
 * them. Some passages hold an answer: four words of middling rarity, twice each, that are together
 * nowhere else on purpose. Their questions are the likeliest translations of these words. Everything
 * follows from the number of a passage, so that a larger corpus begins with the smaller one.
 */
import type { NewDocument } from '../src/index.js';
import { loadPack } from '../src/pack/format.js';
import type { Pack } from '../src/pack/pack.js';

export const LANGUAGES = ['ar', 'fi', 'hi', 'ru', 'zh'];
/** Passages with an answer in a corpus of any size. */
const ANSWERS = 200;
const WORDS = 30_000;
/** Ranks of words that answers are made of. */
const RARE = [800, 12_000];

export interface PlantedQuestion {
  readonly text: string;
  readonly lang: string;
  /** Id of the document that answers it. */
  readonly answer: string;
}

export class PlantedCorpus {
  readonly #pack: Pack;
  #words = 0;

  static async open(name: string): Promise<PlantedCorpus> {
    return new PlantedCorpus(await loadPack(name));
  }

  constructor(pack: Pack) {
    this.#pack = pack;
    while (this.#words < WORDS && pack.pivot.surface(this.#words) !== undefined) this.#words++;
  }

  /** Documents 0 to n - 1, as `XqgIndex.add` takes them. */
  *documents(n: number): Generator<NewDocument> {
    const every = this.#every(n);
    for (let number = 0; number < n; number++) yield this.#document(number, number % every === 0);
  }

  /**
   * Questions whose answers are planted in a corpus of n passages, with the id of the answer: at
   * most so many.
   */
  questions(n: number, limit: number): PlantedQuestion[] {
    const every = this.#every(n);
    const questions: PlantedQuestion[] = [];
    for (let number = 0; number < n && questions.length < limit; number += every) {
      const lang = LANGUAGES[(number / every) % LANGUAGES.length];
      const words = this.#answer(number).map((id) => {
        const [best] = this.#pack
          .fromPivot(this.#pack.pivot.stem(id), lang)
          .toSorted((a, b) => b.p - a.p);
        return this.#pack.surface(best.term, lang);
      });
      questions.push({ text: words.join(' '), lang, answer: idOf(number) });
    }
    return questions;
  }

  #every(n: number): number {
    return Math.max(1, Math.floor(n / ANSWERS));
  }

  #document(number: number, hasAnswer: boolean): NewDocument {
    const random = randomOf(number);
    const words = Array.from({ length: 80 + Math.floor(random() * 41) }, () =>
      this.#pack.pivot.surface(Math.floor(this.#words ** random()) - 1),
    );
    if (hasAnswer) {
      for (const id of [...this.#answer(number), ...this.#answer(number)])
        words.splice(Math.floor(random() * words.length), 0, this.#pack.pivot.surface(id));
    }
    return {
      id: idOf(number),
      title: '',
      lang: 'en',
      text: `${words.join(' ')}.`,
      metadata: { number, part: number % 10 },
    };
  }

  /** Four stems that every query language translates. */
  #answer(number: number): number[] {
    const random = randomOf(number ^ 0x5bd1e995);
    const [from, to] = RARE;
    const ids = new Set<number>();
    while (ids.size < 4) {
      const id = from + Math.floor(random() * (to - from));
      const stem = this.#pack.pivot.stem(id);
      if (
        stem !== undefined &&
        LANGUAGES.every((lang) => this.#pack.fromPivot(stem, lang).length > 0)
      )
        ids.add(id);
    }
    return [...ids];
  }
}

const idOf = (number: number): string => `passage-${number}`;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
