/**
 * Measures the memory of a neural encoder over a long stream of made-up passages, batch by batch as
 * indexing hands them over: resident memory by quarters of the run. Flat: the last half takes no
 * more than the first. Needs onnxruntime-node and tokenizers.
 * usage: npm run bench bench/encoder-memory.bench.ts -- --model FOLDER [--passages 100000]
 *   [--words 40] [--minutes 60] [--card '{...}'] [--threads 1] [--json]
 *   --minutes ends the run early and says how many passages were encoded
 */
import { parseArgs } from 'node:util';
import { madeUpPassages } from '../src/encode/neural/bench.js';
import { NeuralEncoder } from '../src/encode/neural/neural.js';
import { readCardFields } from '../src/encode/open-encoder.js';
import { findModel } from '../src/models/places.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    passages: { type: 'string', default: '100000' },
    words: { type: 'string', default: '40' },
    minutes: { type: 'string', default: '60' },
    threads: { type: 'string', default: '1' },
    card: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
/** As indexing encodes. */
const BATCH = 64;
const MEBIBYTE = 2 ** 20;

if (values.model === undefined) throw new Error('--model FOLDER is missing');
const encoder = await NeuralEncoder.open(findModel(values.model), {
  card: readCardFields(values.card),
  threads: Number(values.threads),
});
const [wanted, end] = [
  Number(values.passages),
  performance.now() + 60_000 * Number(values.minutes),
];
const texts = madeUpPassages(4096, Number(values.words));
const samples: number[] = [];
const started = performance.now();
let done = 0;
while (done < wanted && performance.now() < end) {
  const size = Math.min(BATCH, wanted - done);
  const batch = Array.from({ length: size }, (_, i) => {
    // Every passage is another one: nothing can be remembered.
    return { title: '', text: `${done + i} ${texts[(done + i) % texts.length]}`, lang: 'en' };
  });
  const rows = await encoder.encodePassages(batch);
  if (rows.length !== size * encoder.identity.dim) throw new Error('an encoding is missing');
  done += size;
  samples.push(process.memoryUsage().rss / MEBIBYTE);
}
const seconds = (performance.now() - started) / 1000;
await encoder.close();
const quarters = Array.from({ length: 4 }, (_, t) => {
  const part = samples.slice(
    Math.floor((t * samples.length) / 4),
    Math.floor(((t + 1) * samples.length) / 4),
  );
  return Math.round(Math.max(...part));
});
const most = (from: number, to: number): number => Math.max(...quarters.slice(from, to));
const result = {
  model: encoder.identity.name,
  passages: done,
  seconds: Math.round(seconds),
  passagesPerSecond: Number((done / seconds).toFixed(1)),
  mebibytesByQuarter: quarters,
  /** The most of the last half against the most of the first. */
  growth: Number((most(2, 4) / most(0, 2)).toFixed(3)),
};
if (values.json) console.log(JSON.stringify(result, null, 2));
else {
  console.log(
    `${result.model}: ${done} passages of up to ${values.words} words in ${result.seconds} s, ${result.passagesPerSecond} a second`,
  );
  console.log(
    `resident memory by quarters, MiB: ${quarters.join(' ')}; last half / first half ${result.growth}`,
  );
}
