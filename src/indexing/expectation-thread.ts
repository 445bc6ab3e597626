/** A thread of `Expectations`: loads the pack, then computes the sums that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { StaticEncoder } from '../encode/static.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import { makersJson, sumsOf, type ThreadReply, type ThreadRequest } from './expectations.js';

const pack = await loadPack(workerData as string);
const encoder = new StaticEncoder(pack);
const generator = new LexiconGenerator(pack);
let before: Promise<void> = Promise.resolve();

// Answers keep the order of the questions; an error ends the thread, and the other side hears of it.
parentPort!.on('message', ({ into, ...request }: ThreadRequest) => {
  before = before.then(async () => {
    await sumsOf(request, encoder, generator, new Float32Array(into));
    parentPort!.postMessage({ done: true } satisfies ThreadReply);
  });
});
parentPort!.postMessage({ ready: makersJson(encoder, generator) } satisfies ThreadReply);
