import { describe, expect, it } from 'vitest';
import { IdTable } from '../../src/base/id-table.js';

describe('IdTable', () => {
  it('keeps the first row of an id', () => {
    const table = new IdTable();
    for (let i = 0; i < 1000; i++) expect(table.add(`id ${i}`, i)).toBeUndefined();
    expect(table.add('id 7', 1000)).toBe(7);
    expect([table.get('id 999'), table.get('id 1000'), table.size]).toEqual([999, undefined, 1000]);
  });
});
