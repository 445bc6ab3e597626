/** A thread of `Expectations`: loads the pack, then computes the sums that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { StaticEncoder } from '../encode/static.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import { Glossary } from '../glossary/glossary.js';
import { GlossaryPack } from '../glossary/glossary-pack.js';
import { loadPack } from '../pack/format.js';
import {
  type ExpectationRequest,
  makersJson,
  sumsOf,
  type ThreadReply,
  type ThreadStart,
} from './expectations.js';

const { packFolder, glossary } = workerData as ThreadStart;
const loaded = await loadPack(packFolder);
const pack = glossary === null ? loaded : new GlossaryPack(loaded, new Glossary(glossary));
// Mixtures hold no text, so that the makers themselves need not see the glossary's terms.
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
