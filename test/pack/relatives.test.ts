import { describe, expect, it } from 'vitest';
import { withRelatives } from '../../src/pack/relatives.js';
import { TranslationTable } from '../../src/pack/table.js';

const TABLE = {
  lang: 'xx',
  terms: ['aa', 'bb', 'cc'],
  surfaces: ['aa', 'bb', 'cc'],
  starts: Uint32Array.of(0, 2, 3, 4),
  stems: Uint32Array.of(0, 1, 1, 3),
  counts: Float32Array.of(8, 2, 1, 5),
};
/** Stem 0 lends to 2, stem 1 to 0; later stems have no relatives. */
const RELATIVES = {
  starts: Uint32Array.of(0, 1, 2),
  stems: Uint32Array.of(2, 0),
  shares: Float32Array.of(0.1, 0.5),
};

describe('relatives of pivot stems', () => {
  it('get a share of the links of each term, strongest first', () => {
    const { starts, stems, counts } = withRelatives(TABLE, RELATIVES);
    expect([...starts]).toEqual([0, 3, 5, 6]);
    expect([...stems]).toEqual([0, 1, 2, 1, 0, 3]);
    expect(counts).toEqual(Float32Array.of(9, 2, 0.8, 1, 0.5, 5));
  });

  it('lend links below a share of 2 % to nobody', () => {
    const weak = { ...RELATIVES, shares: Float32Array.of(0.02, 0.5) };
    expect([...withRelatives(TABLE, weak).stems]).toEqual([0, 1, 1, 0, 3]);
  });

  it('let a stem be generated in words that were never linked with it', () => {
    expect(new TranslationTable(TABLE, 4).translates(2)).toBe(false);
    const table = new TranslationTable(withRelatives(TABLE, RELATIVES), 4);
    expect(table.fromPivot(2)).toEqual([{ id: 0, p: 1 }]);
  });
});
