/** A thread of `ExpectedQueries`: loads the pack, then computes the sums that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { StaticEncoder } from '../encode/static/static-encoder.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import { Glossary } from '../pack/glossary/glossary.js';
import { GlossaryPack } from '../pack/glossary/glossary-pack.js';
import {
  recipeJson,
  sumsOf,
  type ThreadReply,
  type ThreadRequest,
  type ThreadStart,
} from './expected-queries.js';

const { packFolder, glossary } = workerData as ThreadStart;
const loaded = await loadPack(packFolder);
const pack = glossary === null ? loaded : new GlossaryPack(loaded, new Glossary(glossary));
// Mixtures hold no text, so that the recipe themselves need not see the glossary's terms.
const encoder = new StaticEncoder(pack);
const generator = new LexiconGenerator(pack);
let before: Promise<void> = Promise.resolve();

// Answers keep the order of the questions; an error ends the thread, and the other side hears of
// it.
parentPort!.on('message', ({ into, ...request }: ThreadRequest) => {
  before = before.then(async () => {
    await sumsOf(request, encoder, generator, new Float32Array(into));
    parentPort!.postMessage({ done: true } satisfies ThreadReply);
  });
});
parentPort!.postMessage({ ready: recipeJson(encoder, generator) } satisfies ThreadReply);
