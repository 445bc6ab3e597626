/**
 * Passages to measure with: English words of a pack by Zipf's law. Real texts are not at hand
 * before there is a corpus.
 */
import type { Passage } from '../corpus/passage.js';
import { MOST_SENTENCES } from '../corpus/sentences.js';
import type { PassageText } from '../encode/encoder.js';
import type { Pack } from '../pack/pack.js';

/** Most frequent words that passages are made of. */
const WORDS = 30_000;

/** So many words a pack has for them. */
export function sampleVocabulary(pack: Pack): number {
  return Math.min(WORDS, pack.pivot.size);
}

/** @param words of a passage */
export function samplePassages(pack: Pack, count: number, words: number): Passage[] {
  const vocabulary = sampleVocabulary(pack);
  const random = randomNumbers();
  return Array.from({ length: count }, (_, i) => {
    const text = Array.from({ length: words }, () =>
      pack.pivot.surface(Math.max(0, Math.floor(vocabulary ** random()) - 1)),
    ).join(' ');
    return {
      id: `sample-${i}`,
      documentId: `sample-${i}`,
      source: 'sample',
      path: 'sample',
      title: '',
      headings: [],
      text,
      lang: 'en',
      langConfidence: 1,
      metadata: {},
      ordinal: 0,
    };
  });
}

/** Words of a sentence, about. */
const SENTENCE_WORDS = 20;

/** Sentences of a passage that are encoded; one is none, since its vector is the passage's. */
export function sentencesPerPassage(words: number): number {
  const sentences = Math.min(MOST_SENTENCES, Math.round(words / SENTENCE_WORDS));
  return sentences < 2 ? 0 : sentences;
}

/** A sample passage cut into as many. */
export function sampleSentences({ text, lang }: Passage): PassageText[] {
  const words = text.split(' ');
  const parts = Math.max(1, sentencesPerPassage(words.length));
  return Array.from({ length: parts }, (_, i) => {
    const [from, to] = [i, i + 1].map((part) => Math.floor((part * words.length) / parts));
    return { title: '', text: words.slice(from, to).join(' '), lang };
  });
}

/** In [0, 1), always the same (mulberry32). */
function randomNumbers(): () => number {
  let state = 7;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Measures work on a machine that may be busy with other things: no more than the processor time
 * that this process used is counted, so that waiting for a turn is not.
 */
export class Stopwatch {
  readonly #began = performance.now();
  readonly #used = process.cpuUsage();

  /** The time that passed. */
  get wallSeconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /**
   * The time that it would have taken alone, at most; not for work that waits for disks or
   * networks.
   */
  get seconds(): number {
    return Math.min(this.wallSeconds, this.#processorSeconds);
  }

  /** Processor time by time: far below 1 on a machine that is busy with other things. */
  get processorShare(): number {
    return this.#processorSeconds / this.wallSeconds;
  }

  get #processorSeconds(): number {
    const { user, system } = process.cpuUsage(this.#used);
    return (user + system) / 1e6;
  }
}
