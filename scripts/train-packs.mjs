// Trains packs/english, packs/base and packs/full from XQG_SHARED (default ../shared): npm run train:pack
import { join } from 'node:path';
import { LANGUAGES } from '../dist/languages/languages.js';
import { trainShippedPacks } from '../dist/train/train.js';

const shared = process.env.XQG_SHARED ?? '../shared';
await trainShippedPacks(
  {
    data: join(shared, 'data', 'train'),
    models: join(shared, 'models'),
    out: process.argv[2] ?? 'packs',
    cache: '.cache/teachers',
    languages: Object.keys(LANGUAGES).filter((lang) => lang !== 'en'),
    version: '1.0.0',
  },
  (message) => process.stderr.write(`${message}\n`),
);
