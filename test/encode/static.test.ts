import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StaticEncoder } from '../../src/encode/static.js';
import { loadPack } from '../../src/pack/format.js';
import { writeTinyPack } from '../support/tiny-pack.js';
import { describeBagEncoder } from './conformance.js';

const tiny = writeTinyPack(mkdtempSync(join(tmpdir(), 'xqg-static-')));
const make = async (pack: string) => new StaticEncoder(await loadPack(pack));

describeBagEncoder('the static encoder', () => make(tiny));

describe.skipIf(!existsSync('packs/base/manifest.json'))(
  'the static encoder of packs/base (needs packs/base)',
  () => {
    it('has at most 512 dimensions', async () => {
      expect((await make('base')).identity.dim).toBeLessThanOrEqual(512);
    });

    it.each([
      ['de', 'Darf man Gefangene foltern?'],
      ['es', '¿Se puede torturar a los presos?'],
      ['ru', 'Можно ли пытать заключённых?'],
    ])('brings a question near the text that it is about: %s', async (lang, text) => {
      const encoder = await make('base');
      const { dim } = encoder.identity;
      const passages = await encoder.encodePassages([
        { title: '', text: 'No one shall be subjected to torture in prison.', lang: 'en' },
        { title: '', text: 'The express train leaves the station in the morning.', lang: 'en' },
      ]);
      const question = await encoder.encodeQueries([{ text, languages: [{ lang, weight: 1 }] }]);
      const similarity = (row: number) =>
        question.reduce((sum, value, d) => sum + value * passages[row * dim + d], 0);
      expect(similarity(0)).toBeGreaterThan(similarity(1));
    });
  },
);
