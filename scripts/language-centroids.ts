/**
 * Makes the centroids of an encoder's languages: the mean vectors of general text, as questions and
 * as passages. The text comes from the bitexts that packs are trained on, in equal parts from each
 * of their sources, so that no kind of text decides; nothing of it is a question of any test
 * collection.
 * usage: node --import ./scripts/run-typescript.mjs scripts/language-centroids.ts MODEL_FOLDER
 *   [--sentences 500] [--bitext ../shared/data/train/bitext]
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { CENTROIDS_FILE } from '../src/encode/centroids.js';
import { openEncoder } from '../src/encode/open-encoder.js';
import { encodeSafetensors } from '../src/pack/safetensors.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sentences: { type: 'string', default: '500' },
    bitext: {
      type: 'string',
      default: resolve(process.env.XQG_SHARED ?? '../shared', 'data/train/bitext'),
    },
  },
});

const [folder] = positionals;
if (folder === undefined) throw new Error('name the folder of a model');
const most = Number(options.sentences);
/** Shorter ones are labels of an interface rather than sentences. */
const SHORTEST = 40;
const BATCH = 256;

/** Sentences of a language by their source. */
type Sources = ReadonlyMap<string, readonly string[]>;

function readSources(lang: string): Sources {
  // English is the first column of every file; German has the most sources.
  const file = join(options.bitext, `en-${lang === 'en' ? 'de' : lang}.tsv.gz`);
  const sources = new Map<string, string[]>();
  for (const line of gunzipSync(readFileSync(file)).toString('utf8').split('\n')) {
    const [english = '', text = '', source = ''] = line.split('\t');
    // By the English side, since other scripts count differently.
    if (english.length < SHORTEST || text === '') continue;
    const sentences = sources.get(source) ?? [];
    sources.set(source, sentences);
    sentences.push(lang === 'en' ? english : text);
  }
  return sources;
}

/** At most `most` sentences: as many from each source, evenly spread over it. */
function sample(sources: Sources): string[] {
  const bySize = [...sources.values()].sort((a, b) => a.length - b.length);
  const sentences: string[] = [];
  bySize.forEach((all, i) => {
    const share = Math.floor((most - sentences.length) / (bySize.length - i));
    const count = Math.min(all.length, share);
    for (let at = 0; at < count; at++) sentences.push(all[Math.floor((at * all.length) / count)]);
  });
  return sentences;
}

function meanOf(vectors: readonly Float32Array[], dim: number): Float32Array {
  const sum = new Float64Array(dim);
  let count = 0;
  for (const batch of vectors) {
    for (let i = 0; i < batch.length; i++) sum[i % dim] += batch[i];
    count += batch.length / dim;
  }
  return Float32Array.from(sum, (value) => value / count);
}

const languages = readdirSync(options.bitext)
  .flatMap((name) => /^en-(\w+)\.tsv\.gz$/.exec(name)?.[1] ?? [])
  .concat('en')
  .sort();
const encoder = await openEncoder(resolve(folder), { workers: 2, threads: 1 });
const { dim } = encoder.identity;
const queries = new Float32Array(languages.length * dim);
const passages = new Float32Array(languages.length * dim);
for (const [i, lang] of languages.entries()) {
  const texts = sample(readSources(lang));
  const [asQueries, asPassages]: Float32Array[][] = [[], []];
  for (let from = 0; from < texts.length; from += BATCH) {
    const some = texts.slice(from, from + BATCH);
    asQueries.push(
      await encoder.encodeQueries(some.map((text) => ({ text, languages: [{ lang, weight: 1 }] }))),
    );
    asPassages.push(await encoder.encodePassages(some.map((text) => ({ title: '', text, lang }))));
  }
  queries.set(meanOf(asQueries, dim), i * dim);
  passages.set(meanOf(asPassages, dim), i * dim);
  console.error(`${lang}: ${texts.length} sentences`);
}
await encoder.close?.();
const file = join(folder, CENTROIDS_FILE);
const shape = [languages.length, dim];
writeFileSync(
  file,
  encodeSafetensors({
    tensors: { queries: { shape, data: queries }, passages: { shape, data: passages } },
    metadata: { languages: languages.join(' '), sentences: options.sentences },
  }),
);
console.log(file);
