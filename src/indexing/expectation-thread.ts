/** A thread of `Expectations`: loads the pack, then computes the sums that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { StaticEncoder } from '../encode/static.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import { type ExpectationRequest, makersJson, sumsOf, type ThreadReply } from './expectations.js';

const pack = await loadPack(workerData as string);
const encoder = new StaticEncoder(pack);
const generator = new LexiconGenerator(pack);
let before: Promise<void> = Promise.resolve();

// Answers keep the order of the questions; an error ends the thread, and the other side hears of it.
parentPort!.on('message', (request: ExpectationRequest) => {
  before = before.then(async () => {
    const vectors = await sumsOf(request, encoder, generator);
    const reply: ThreadReply = { vectors };
    parentPort!.postMessage(
      reply,
      vectors.map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
});
const reply: ThreadReply = { ready: makersJson(encoder, generator) };
parentPort!.postMessage(reply);
