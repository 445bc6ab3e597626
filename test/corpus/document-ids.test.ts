import { describe, expect, it } from 'vitest';
import { DocumentIds } from '../../src/corpus/read-corpus.js';

describe('DocumentIds', () => {
  it('finds every repeated id among many, also after it has grown', () => {
    const ids = new DocumentIds(8);
    for (let i = 0; i < 5000; i++)
      ids.claim({ id: `row ${i}`, path: i < 2500 ? '/a' : '/b', line: i + 1 });
    for (const i of [0, 7, 2499, 2500, 4999]) {
      const first = `${i < 2500 ? '/a' : '/b'}, line ${(i + 1).toLocaleString('en-US')}`;
      expect(() => ids.claim({ id: `row ${i}`, path: '/c' })).toThrow(
        `"row ${i}": ${first} and /c.`,
      );
    }
  });
});
