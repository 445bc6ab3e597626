/** A folder of hostile documents among good ones. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docxOf, pdfOf } from '../base/bytes.js';
import { MARKUP } from './markup.js';
import { PDFS } from './pdfs.js';
import { ROWS } from './rows.js';
import { SPECIAL } from './special.js';
import { WORD } from './word.js';

export interface HostileFile {
  readonly name: string;
  readonly data: () => string | Buffer | Promise<Buffer>;
}

const FILES: readonly HostileFile[] = [...MARKUP, ...ROWS, ...PDFS, ...WORD];

export interface HostileFolder {
  /** Names below the folder, each of a document to be found. */
  readonly good: readonly string[];
  /** Names of hostile files, which may be read or set aside. */
  readonly hostile: readonly string[];
  /** Names that are reported as skipped or set aside. */
  readonly special: readonly string[];
  /** Ends what holds a special file open. */
  readonly end: () => void;
}

/**
 * Writes good files before, between and behind the hostile ones.
 * @param every so many of each kind are written; 1: all
 */
export async function writeHostileFolder(folder: string, every: number): Promise<HostileFolder> {
  mkdirSync(folder, { recursive: true });
  const files = FILES.filter((_, i) => i % every === 0);
  const special = SPECIAL.filter((_, i) => i % every === 0);
  const hostile: string[] = [];
  for (const [i, { name, data }] of files.entries()) {
    const path = `${String(i).padStart(3, '0')}-${name}`;
    writeFileSync(join(folder, path), await data());
    hostile.push(path);
  }
  const good = Array.from({ length: GOOD }, (_, i) => {
    const number = String(Math.floor((i * files.length) / GOOD)).padStart(3, '0');
    const { ending, data } = GOOD_FORMATS[i % GOOD_FORMATS.length];
    const path = `${number}-good-${i}.${ending}`;
    writeFileSync(join(folder, path), data(`Bees of hive ${i} make honey.`));
    return path;
  });
  mkdirSync(join(folder, 'special'));
  const ends: (() => void)[] = [];
  for (const { make } of special) make(join(folder, 'special'), (end) => ends.push(end));
  return {
    good,
    hostile,
    special: special.map(({ name }) => name),
    end: () => {
      for (const end of ends) end();
    },
  };
}

const GOOD = 50;

const GOOD_FORMATS: readonly { ending: string; data: (text: string) => string | Buffer }[] = [
  { ending: 'txt', data: (text) => text },
  { ending: 'md', data: (text) => `# Bees\n\n${text}\n` },
  { ending: 'html', data: (text) => `<h1>Bees</h1><p>${text}</p>` },
  { ending: 'pdf', data: (text) => pdfOf([text]) },
  { ending: 'docx', data: (text) => docxOf([['', text]]) },
];
