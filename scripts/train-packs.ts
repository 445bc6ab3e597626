/**
 * Trains packs/english, packs/base and packs/full from $XQG_SHARED (default ../shared).
 * usage: npm run train:pack -- [--out packs] [--only base/ar,full/th] [--teachers JSON]
 *   --teachers of the induced lexicons, such as {"base": {"th": "multilingual-e5-small"}, "full": {}}
 *   --only trains these tables again and keeps the pivot and the others
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LANGUAGES } from '../src/languages/languages.js';
import { trainShippedPacks } from '../src/train/train.js';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'packs' },
    only: { type: 'string' },
    teachers: { type: 'string' },
  },
});
const shared = process.env.XQG_SHARED ?? '../shared';
await trainShippedPacks(
  {
    data: join(shared, 'data', 'train'),
    models: join(shared, 'models'),
    out: options.out,
    cache: '.cache/teachers',
    languages: Object.keys(LANGUAGES).filter((lang) => lang !== 'en'),
    version: '1.1.0',
    lexiconTeachers: options.teachers && JSON.parse(options.teachers),
    only: options.only === undefined ? undefined : new Set(options.only.split(',')),
  },
  (message) => process.stderr.write(`${message}\n`),
);
