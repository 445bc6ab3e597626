/** A pack of a dozen words, built in memory, for tests of what uses packs. */
import { Pack } from '../../src/pack/pack.js';
import { PivotVocabulary } from '../../src/pack/pivot.js';
import { type TableData, TranslationTable } from '../../src/pack/table.js';

export const STEMS = ['the', 'hous', 'river', 'book', 'fire', 'peopl', 'famili', 'budget', 'citi'];

export function tinyPivot(): PivotVocabulary {
  const dim = 8;
  const vectors = Int8Array.from({ length: STEMS.length * dim }, (_, i) => ((i * 37) % 255) - 127);
  return new PivotVocabulary({
    stems: STEMS,
    surfaces: ['the', 'house', 'river', 'book', 'fire', 'people', 'family', 'budget', 'city'],
    counts: Float32Array.from([5000, 10, 9, 8, 7, 6, 5, 4, 3]),
    total: 1_000_000,
    vectors,
    scales: new Float32Array(STEMS.length).fill(1 / 127),
    dim,
  });
}

/** `rows`: term -> written form and links by stem. */
export function tableData(
  lang: string,
  rows: Record<string, { surface: string; links: Record<string, number> }>,
): TableData {
  const terms = Object.keys(rows).sort();
  const starts = new Uint32Array(terms.length + 1);
  const stems: number[] = [];
  const counts: number[] = [];
  terms.forEach((term, i) => {
    const links = Object.entries(rows[term].links).sort((a, b) => b[1] - a[1]);
    for (const [stem, count] of links) {
      stems.push(STEMS.indexOf(stem));
      counts.push(count);
    }
    starts[i + 1] = stems.length;
  });
  return {
    lang,
    terms,
    surfaces: terms.map((term) => rows[term].surface),
    starts,
    stems: Uint32Array.from(stems),
    counts: Float32Array.from(counts),
  };
}

export const GERMAN = tableData('de', {
  haus: { surface: 'haus', links: { hous: 8, famili: 2 } },
  heim: { surface: 'heim', links: { hous: 2 } },
  fluss: { surface: 'fluss', links: { river: 5 } },
  feuer: { surface: 'feuer', links: { fire: 4 } },
  leut: { surface: 'leute', links: { peopl: 6 } },
  famili: { surface: 'familie', links: { famili: 7 } },
  budget: { surface: 'budget', links: { budget: 3 } },
});

export function tinyPack(): Pack {
  const pivot = tinyPivot();
  const tables = new Map([['de', new TranslationTable(GERMAN, pivot.size)]]);
  return new Pack(
    { name: 'tiny', version: '0', sha256: 'tiny' },
    ['de'],
    pivot,
    (lang) => tables.get(lang)!,
  );
}
