import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { induceLexicon } from '../../src/train/induced-lexicon.js';
import { graphTeacher } from '../../src/train/teachers.js';
import { TRAINING } from '../../src/train/train.js';
import { shared } from '../support/shared.js';

const ENGLISH =
  'ring touch pig chicken singer kingdom shadow seller sweet scholarship river house'.split(' ');
/** Ring, touch, pig, chicken, singer, and a name in Latin letters. */
const THAI = ['แหวน', 'สัมผัส', 'หมู', 'ไก่', 'นักร้อง', 'London'];

const models = shared('models');

describe.skipIf(!models)('lexicon induction with a teacher (needs XQG_SHARED models)', () => {
  it('pairs words in the own script of a language with English words', async () => {
    const data = mkdtempSync(join(tmpdir(), 'xqg-induced-'));
    const file = (folder: string, name: string, lines: readonly string[]) => {
      mkdirSync(join(data, folder), { recursive: true });
      writeFileSync(join(data, folder, name), gzipSync(`${lines.join('\n')}\n`));
    };
    file(
      'words',
      'th.freqwords.tsv.gz',
      THAI.map((word, i) => `${word}\t${10_000 - i}`),
    );
    file('bitext', 'en-th.tsv.gz', ['pig\tหมู\tlibreoffice', 'left out\tบ้าน\tui']);
    const pivot = {
      stems: ENGLISH,
      surfaces: ENGLISH,
      counts: new Float32Array(ENGLISH.length).fill(1),
      total: 100_000,
      vectors: new Int8Array(0),
      scales: new Float32Array(0),
      dim: 1,
    };
    const teacher = graphTeacher('use-multilingual-v3', models!, join(data, 'cache'));
    const rows = await induceLexicon('th', data, pivot, teacher, {
      ...TRAINING.induction,
      neighbors: 3,
    });
    const best = (word: string) =>
      rows.filter(({ foreign }) => foreign === word).sort((a, b) => b.weight - a.weight)[0]?.pivot;
    expect(best('แหวน')).toBe('ring');
    expect(best('หมู')).toBe('pig');
    expect(best('สัมผัส')).toBe('touch');
    expect(new Set(rows.map(({ foreign }) => foreign))).not.toContain('London');
    expect(rows.some(({ foreign }) => foreign === 'บ้าน')).toBe(false);
    expect(rows[0].sources).toEqual(['use-multilingual-v3']);
  });
});
