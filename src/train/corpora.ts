/** Streams training data: lexicons, bitext and word counts, filtered by license tier and source. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { XqgError } from '../base/errors.js';
import { readChunks } from '../base/text-file.js';

/** Selects the data that a pack may be trained on. */
export interface DataPolicy {
  readonly name: string;
  /** License tiers of lexicon rows (column 4) that may be used. */
  readonly tiers: ReadonlySet<string>;
  /**
   * Whether sentences of a bitext source may be used. Of a lexicon row with several sources, only
   * the allowed ones are credited.
   */
  allows(source: string): boolean;
}

/** Sources that no shipped pack is trained on: GFDL text, and the text of the demo. */
const EXCLUDED_SOURCES = new Set(['gimp-help', 'udhr']);

export const POLICIES: Readonly<Record<'base' | 'full' | 'own', DataPolicy>> = {
  base: {
    name: 'base',
    tiers: new Set(['P']),
    allows: (source) => TRAINING_SOURCES[source]?.free ?? false,
  },
  full: {
    name: 'full',
    tiers: new Set(['P', 'G']),
    allows: (source) => !EXCLUDED_SOURCES.has(source),
  },
  /** A user's own data: all rows are used. */
  own: { name: 'own', tiers: new Set(['P', 'G', '']), allows: () => true },
};

export interface LexiconRow {
  readonly pivot: string;
  readonly foreign: string;
  /** In (0, 2]; larger if more sources agree. */
  readonly weight: number;
  readonly sources: readonly string[];
}

export interface SentencePair {
  readonly pivot: string;
  readonly foreign: string;
  readonly source: string;
}

/**
 * The rows of a tab-separated file `en, xx[, weight[, tier[, sources]]]`, gzipped or plain.
 * @throws XqgError XQG_TRAINING_FILE_MISSING when there is no such file
 * @throws XqgError XQG_TRAINING_ROW when a row has a missing column or a weight that is not
 * positive
 */
export async function* readLexicon(path: string, policy: DataPolicy): AsyncGenerator<LexiconRow> {
  for await (const { line, number } of linesOf(path)) {
    const [pivot, foreign, weight = '1', tier = '', sources = ''] = line.split('\t');
    const value = Number(weight);
    if (!pivot || !foreign || !(value > 0)) throw malformed(path, number, 'en<TAB>xx<TAB>weight');
    if (!policy.tiers.has(tier)) continue;
    yield {
      pivot,
      foreign,
      weight: value,
      sources: sources.split(',').filter((name) => policy.allows(name)),
    };
  }
}

/**
 * The rows of a tab-separated file `en, xx[, source]`, gzipped or plain.
 * @throws XqgError XQG_TRAINING_FILE_MISSING when there is no such file
 * @throws XqgError XQG_TRAINING_ROW when a row has a missing column
 */
export async function* readBitext(path: string, policy: DataPolicy): AsyncGenerator<SentencePair> {
  for await (const { line, number } of linesOf(path)) {
    const [pivot, foreign, source = ''] = line.split('\t');
    if (!pivot || !foreign) throw malformed(path, number, 'en<TAB>xx');
    if (policy.allows(source)) yield { pivot, foreign, source };
  }
}

/**
 * The rows of a tab-separated file `word, count`, gzipped or plain.
 * @throws XqgError XQG_TRAINING_FILE_MISSING when there is no such file
 * @throws XqgError XQG_TRAINING_ROW when a row has a missing word or a count that is not a number
 */
export async function* readWordCounts(
  path: string,
): AsyncGenerator<{ word: string; count: number }> {
  for await (const { line, number } of linesOf(path)) {
    const [word, count] = line.split('\t');
    if (!word || !(Number(count) >= 0)) throw malformed(path, number, 'word<TAB>count');
    yield { word, count: Number(count) };
  }
}

/** The files of one language in a training folder with lexicon/, bitext/ and words/. */
export function trainingFiles(
  folder: string,
  lang: string,
): { lexicon: string; bitext: string; words: string } {
  return {
    lexicon: join(folder, 'lexicon', `en-${lang}.tsv.gz`),
    bitext: join(folder, 'bitext', `en-${lang}.tsv.gz`),
    words: join(folder, 'words', `${lang}.freqwords.tsv.gz`),
  };
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; number: number }> {
  if (!existsSync(path)) throw new XqgError('XQG_TRAINING_FILE_MISSING', { path });
  const input = Readable.from(readChunks(path));
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line !== '') yield { line, number };
  }
}

function malformed(path: string, line: number, expected: string): XqgError {
  return new XqgError('XQG_TRAINING_ROW', { path, line, expected });
}

/** A source of training data and its license, as listed in the NOTICE file of a pack. */
export interface TrainingSource {
  readonly what: string;
  readonly license: string;
  /**
   * True if the pack `base` may use it, which any company can ship: permissive, MPL, CC-BY and
   * CC-BY-SA licenses, and LGPL word lists.
   */
  readonly free: boolean;
}

const free = (what: string, license: string): TrainingSource => ({ what, license, free: true });
const copyleft = (what: string, license: string): TrainingSource => ({
  what,
  license,
  free: false,
});

export const TRAINING_SOURCES: Readonly<Record<string, TrainingSource>> = {
  wechsel: free('Wiktionary translations, by way of WECHSEL', 'CC-BY-SA-3.0'),
  enwikt: free('Wiktionary translations', 'CC-BY-SA-3.0'),
  cedict: free('CC-CEDICT Chinese dictionary', 'CC-BY-SA-4.0'),
  edict: free('EDICT Japanese dictionary (EDRDG)', 'CC-BY-SA'),
  freedict: free(
    'FreeDict dictionaries; base: the part made from Wiktionary',
    'CC-BY-SA-3.0 (base), GPL-2.0-or-later',
  ),
  cldr: free('Unicode CLDR names', 'Unicode-3.0'),
  'cldr-keywords': free('Unicode CLDR keywords', 'Unicode-3.0'),
  'iso-codes': free('names of countries, languages and currencies', 'LGPL-2.1-or-later'),
  libreoffice: free('interface texts', 'MPL-2.0'),
  lohelp: free('LibreOffice help', 'MPL-2.0'),
  firefox: free('interface texts', 'MPL-2.0'),
  'osm-tagging': free('OpenStreetMap id tagging schema', 'ISC'),
  appstream: free('descriptions of applications', 'CC0-1.0, FSFAP, MIT'),
  'appstream-keywords': free('keywords of applications', 'CC0-1.0, FSFAP, MIT'),
  typescript: free('messages of the TypeScript compiler', 'Apache-2.0'),
  quran: free('verses of the Quran', 'CC-BY-4.0'),
  'tatoeba-small': free('everyday sentences', 'CC-BY-2.0-FR'),
  'debian-handbook': free("The Debian Administrator's Handbook", 'CC-BY-SA-3.0'),
  'gnome-help': free('GNOME help', 'CC-BY-SA-3.0'),
  'use-multilingual-v3': free(
    'nearest English words by Universal Sentence Encoder multilingual v3',
    'Apache-2.0',
  ),
  arcd: free('words of Arabic passages', 'MIT'),
  iapp: free('words of Thai passages', 'MIT'),
  ui: copyleft(
    'interface texts of Debian packages',
    'per package, mostly GPL-2.0-or-later and LGPL-2.0-or-later',
  ),
  ding: copyleft('German dictionary', 'GPL-2.0-or-later'),
  mueller: copyleft('Russian dictionary', 'GPL-2.0-or-later'),
  bengalidict: copyleft('Bengali dictionary', 'GPL-2.0-or-later'),
  hanja: copyleft('Korean through Chinese characters', 'BSD-3-Clause'),
  'hanja-cedict': copyleft('Korean through Chinese characters', 'BSD-3-Clause and CC-BY-SA-4.0'),
  cognate: copyleft('Telugu through Hindi and Bengali', 'GPL-2.0-or-later'),
  stellarium: copyleft('interface texts', 'GPL-2.0-or-later'),
  'stellarium-culture': copyleft('descriptions of sky cultures', 'GPL-2.0-or-later'),
  'stellarium-desc': copyleft('descriptions of landscapes', 'GPL-2.0-or-later'),
  games: copyleft('texts of games', 'GPL-2.0-or-later'),
  gcompris: copyleft('texts of educational games', 'GPL-2.0-or-later'),
  wordpress: copyleft('interface texts', 'GPL-2.0-or-later'),
  mediawiki: copyleft('interface texts', 'GPL-2.0-or-later'),
  'apt-desc': copyleft('descriptions of Debian packages', 'GPL-2.0-or-later'),
  'debian-docs': copyleft('Debian documentation', 'GPL-2.0-or-later'),
  'install-guide': copyleft('Debian installation guide', 'GPL-2.0-or-later'),
  'tuxpaint-stamps': copyleft('names of drawings', 'GPL-2.0-or-later'),
};

/** Text of a pack's NOTICE file: each source with its license and the languages that use it. */
export function noticeOf(
  name: string,
  license: string,
  languages: Readonly<Record<string, { readonly sources: readonly string[] }>>,
): string {
  const languagesOf = new Map<string, string[]>();
  for (const [lang, { sources }] of Object.entries(languages))
    for (const source of sources)
      languagesOf.set(source, [...(languagesOf.get(source) ?? []), lang]);
  const rows = [...languagesOf]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, langs]) => {
      const { what, license: own } = TRAINING_SOURCES[source] ?? {
        what: 'unlisted',
        license: 'see its source',
      };
      return `- ${source}: ${what}. ${own}. (${langs.join(' ')})`;
    });
  return `The xqg pack "${name}" is distributed under ${license}.

It contains words, their frequencies, and the probabilities of their translations, learned from the sources below. It
contains no sentence of them. Word counts: lists of film subtitles (CC-BY-SA-4.0). The English word vectors in ../english
were learned from all-MiniLM-L6-v2 and Universal Sentence Encoder multilingual v3 (both Apache-2.0).

${rows.join('\n')}
`;
}
