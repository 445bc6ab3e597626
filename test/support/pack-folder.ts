/**
 * A pack of a few dozen words in four languages, made in a moment: for tests of what stands above
 * packs. Writes a folder like that of a trained pack.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { romanize, termsOf } from '../../src/languages/analysis.js';
import { writeLanguage, writePivot } from '../../src/pack/format.js';
import { writeManifest } from '../../src/pack/manifest.js';

const DIM = 32;

/** English, German, Arabic, Russian. Words of one meaning stand in one row. */
const WORDS = `
bee        Biene        نحلة      пчела
honey      Honig        عسل       мёд
flower     Blume        زهرة      цветок
train      Zug          قطار      поезд
station    Bahnhof      محطة      вокзал
morning    Morgen       صباح      утро
bread      Brot         خبز       хлеб
oven       Ofen         فرن       печь
water      Wasser       ماء       вода
river      Fluss        نهر       река
moon       Mond         قمر       луна
night      Nacht        ليل       ночь
`;
const COLUMNS = ['en', 'de', 'ar', 'ru'];

/** Writes the pack into `folder` and returns the folder. */
export function writePack(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const rows = WORDS.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const stems = rows.map(([english]) => termsOf(english, 'en')[0]);
  const pivotFile = join(folder, 'pivot.safetensors');
  const pivot = writePivot(pivotFile, {
    stems,
    surfaces: rows.map(([english]) => english),
    counts: Float32Array.from(stems, () => 1),
    total: 100_000,
    vectors: Int8Array.from({ length: stems.length * DIM }, (_, i) =>
      direction(stems[Math.floor(i / DIM)], i % DIM),
    ),
    scales: Float32Array.from(stems, () => 1 / 127),
    dim: DIM,
  });
  const languages = COLUMNS.slice(1).map((lang, column) => {
    const pairs = rows
      .map((row, stem) => ({
        surface: row[column + 1],
        term: termsOf(row[column + 1], lang)[0],
        stem,
      }))
      .sort((a, b) => (a.term < b.term ? -1 : 1));
    const entry = writeLanguage(folder, {
      lang,
      terms: pairs.map(({ term }) => term),
      surfaces: pairs.map(({ surface }) => surface),
      starts: Uint32Array.from({ length: pairs.length + 1 }, (_, f) => f),
      stems: Uint32Array.from(pairs, ({ stem }) => stem),
      counts: Float32Array.from(pairs, () => 1),
    });
    return [lang, { ...entry, entries: pairs.length, sentences: 0, sources: ['test'] }] as const;
  });
  writeManifest(folder, {
    name: 'tiny',
    version: '1.0.0',
    license: 'Apache-2.0',
    pivot: {
      file: 'pivot.safetensors',
      sha256: pivot.sha256,
      stems: stems.length,
      vectors: stems.length,
      dim: DIM,
    },
    languages: Object.fromEntries(languages),
    madeBy: { tool: 'test/support/pack-folder.ts' },
  });
  return folder;
}

/** One of 255 values that depends on the stem's letters: stems point in unlike directions. */
function direction(stem: string, dimension: number): number {
  let state = dimension * 2654435761;
  for (const letter of romanize(stem))
    state = Math.imul(state ^ letter.charCodeAt(0), 2246822519) ^ (state >>> 13);
  return (Math.abs(state) % 255) - 127;
}
