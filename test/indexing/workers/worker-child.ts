/**
 * A worker with a slow fake recipe in a process of its own: URL NAME LOCK_SECONDS. Says on stdout
 * what it does.
 */
import { setTimeout } from 'node:timers/promises';
import { takeParts } from '../../../src/indexing/workers/worker.js';
import { encoder, generator } from '../../support/hashed-recipe.js';

const [url, name, lock] = process.argv.slice(2);
const slow = {
  ...encoder,
  encodePassages: async (passages: Parameters<typeof encoder.encodePassages>[0]) => {
    await setTimeout(150);
    return encoder.encodePassages(passages);
  },
};
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
await takeParts(url, {
  open: async () => ({ encoder: slow, generator, pack: null, glossary: null }),
  name,
  lockSeconds: Number(lock),
  signal: stopping.signal,
  onTalk: (text) => process.stdout.write(`${text}\n`),
});
process.stdout.write('stopped\n');
