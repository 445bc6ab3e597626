import { describe, expect, it } from 'vitest';
import { SYSTEMS, systemsNamed } from '../../src/evaluate/systems.js';

describe('systemsNamed', () => {
  it('keeps the order of tables and refuses others', () => {
    expect(systemsNamed(['hybrid+xqg', 'dense']).map(({ name }) => name)).toEqual([
      'dense',
      'hybrid+xqg',
    ]);
    expect(() => systemsNamed(['bert'])).toThrow(
      expect.objectContaining({ code: 'XQG_UNKNOWN_SYSTEM' }),
    );
  });

  it('knows every system by one name', () => {
    expect(SYSTEMS.map(({ name }) => name)).toEqual([
      'dense',
      'dense+xqg',
      'dense+xqg-all',
      'dense+xqg(n=5)',
      'bm25',
      'bm25+xqg',
      'bm25+xqg-all',
      'bm25+xqg(n=5)',
      'bm25+qt',
      'hybrid',
      'hybrid+xqg',
      'hybrid+xqg-all',
      'hybrid+xqg(n=5)',
      'hybrid+qt',
      'hybrid+qt+xqg',
    ]);
  });
});
