import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KnownDocuments } from '../../src/indexing/known-documents.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('known documents', () => {
  it('are still found after the table has grown', () => {
    const known = new KnownDocuments();
    for (let i = 0; i < 5000; i++) {
      for (let part = 0; part <= i % 3; part++)
        known.add(`d${i}`, `source ${i % 4}`, hash(`content ${i}`));
    }
    for (let i = 0; i < 5000; i += 2) known.see(`d${i}`);
    known.set('d1', 'moved', hash('other'), 9);
    expect(known.size).toBe(5000);
    for (let i = 2; i < 5000; i++) {
      expect(known.standing(`d${i}`, hash(`content ${i}`))).toBe('same');
      expect(known.standing(`d${i}`, hash(`content ${i + 1}`))).toBe('changed');
      expect(known.sourceOf(`d${i}`)).toBe(`source ${i % 4}`);
      expect(known.passagesOf(`d${i}`)).toBe((i % 3) + 1);
      expect(known.seen(`d${i}`)).toBe(i % 2 === 0);
    }
    expect([
      known.standing('d1', hash('other')),
      known.sourceOf('d1'),
      known.passagesOf('d1'),
    ]).toEqual(['same', 'moved', 9]);
  });

  it('are distinguished from others', () => {
    const known = new KnownDocuments();
    known.add('a', '/data', hash('a'));
    expect(known.standing('b', hash('a'))).toBe('new');
    expect(known.sourceOf('b')).toBeNull();
    expect(known.passagesOf('b')).toBe(0);
    expect(known.seen('b')).toBe(false);
  });
});
