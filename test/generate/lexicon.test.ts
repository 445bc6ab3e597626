import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LexiconGenerator } from '../../src/generate/lexicon.js';
import { loadPack } from '../../src/pack/format.js';
import { writeTinyPack } from '../support/tiny-pack.js';
import { describeDistributionGenerator } from './conformance.js';

const tiny = writeTinyPack(mkdtempSync(join(tmpdir(), 'xqg-lexicon-')));

describeDistributionGenerator(
  'the lexicon generator',
  async () => new LexiconGenerator(await loadPack(tiny)),
);

if (existsSync('packs/base/manifest.json')) {
  describeDistributionGenerator(
    'the lexicon generator of packs/base',
    async () => new LexiconGenerator(await loadPack('base')),
  );
}
