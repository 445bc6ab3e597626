/**
 * Real text: distinct English sentences of the bitext in $XQG_SHARED (default ../shared), each a
 * passage; a question is a sentence's translation, and its answer that sentence. Files take turns,
 * so that a larger corpus begins with the smaller one. Read as a stream at every use.
 */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { NewDocument } from '../src/index.js';
import { LANGUAGES, type PlantedQuestion } from './planted-corpus.js';

/** Shorter ones are names, lists and buttons; longer ones whole paragraphs. */
const WORDS = [6, 80];

interface Sentence {
  readonly text: string;
  readonly translation: string;
}

interface NumberedSentence extends Sentence {
  readonly id: string;
  readonly number: number;
  /** Of the translation. */
  readonly lang: string;
}

export class BitextCorpus {
  readonly #folder: string;

  static open(): BitextCorpus {
    const folder = resolve(process.env.XQG_SHARED ?? '../shared', 'data/train/bitext');
    if (!existsSync(folder))
      throw new Error(
        `there is no bitext in ${folder}: set XQG_SHARED, or measure --text synthetic`,
      );
    return new BitextCorpus(folder);
  }

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Documents 0 to n - 1, as `XqgIndex.add` takes them; fails where there are fewer sentences. */
  async *documents(n: number): AsyncGenerator<NewDocument> {
    for await (const { id, text } of this.#sentences(n)) yield { id, title: '', lang: 'en', text };
  }

  /**
   * Questions whose answers are among the first n sentences, spread over them, languages taking
   * turns: at most so many.
   */
  async questions(n: number, limit: number): Promise<PlantedQuestion[]> {
    const questions: PlantedQuestion[] = [];
    for await (const { id, number, translation, lang } of this.#sentences(n)) {
      if (questions.length === limit) break;
      const due = number >= Math.floor((questions.length * n) / limit);
      if (due && lang === LANGUAGES[questions.length % LANGUAGES.length])
        questions.push({ text: translation, lang, answer: id });
    }
    return questions;
  }

  async *#sentences(n: number): AsyncGenerator<NumberedSentence> {
    const files = readdirSync(this.#folder)
      .filter((name) => name.endsWith('.tsv.gz'))
      .sort();
    let turns = files.map((name) => ({
      lang: name.slice(3, -7),
      lines: linesOf(join(this.#folder, name)),
    }));
    const known = new Set<string>();
    let number = 0;
    try {
      while (turns.length > 0) {
        for (const turn of [...turns]) {
          const pair = await nextSentence(turn.lines, known);
          if (pair === null) turns = turns.filter((other) => other !== turn);
          else {
            yield { id: `sentence-${number}`, number, lang: turn.lang, ...pair };
            if (++number === n) return;
          }
        }
      }
    } finally {
      for (const { lines } of turns) await lines.return(undefined);
    }
    throw new Error(`the bitext has ${number} distinct sentences, not ${n}`);
  }
}

async function nextSentence(
  lines: AsyncGenerator<string>,
  known: Set<string>,
): Promise<Sentence | null> {
  for (;;) {
    const { value: line, done } = await lines.next();
    if (done) return null;
    const [text, translation, source] = line.split('\t');
    const words = text.split(' ').length;
    if (words < WORDS[0] || words > WORDS[1] || source.endsWith('-keywords') || known.has(text))
      continue;
    known.add(text);
    return { text, translation };
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  yield* createInterface({
    input: createReadStream(path).pipe(createGunzip()),
    crlfDelay: Infinity,
  });
}
