/**
 * Ranks settings of search by mean MRR on data that may be tuned on (MLQA-R's tuning half by
 * default, or question-answer files), never on XQuAD. The defaults of src/search/defaults.ts were
 * chosen with it: an experiment with `tune` tries alpha and the weight of the dense leg only, this
 * any parameter.
 * usage: node --import ./scripts/run-typescript.mjs scripts/tune.ts [--pack base]
 *   [--data ../shared/data/eval/mlqa-r] [--half tune|report|all] [--langs ar,de] [--qa FILE]...
 *   [--setting to-english|mono|from-english|cross|multi] [--systems hybrid,hybrid+xqg] [--measure MRR]
 *   [--grid '{"denseWeight":[0.5,1,2],"alpha":[0.2,0.4]}'] [--encoder '{"semanticShare":0.6}']
 *   [--generator '{...}'] [--queries keywords|gloss|FILE.jsonl] [--model ../shared/models/use-multilingual-v3]
 *   [--rows 10] [--json FILE] [--store FOLDER]
 * Vectors are kept in the store, for the next run.
 * Recorded queries are tuned with the passages that they were recorded for.
 * A parameter that the grid leaves out keeps its default; plain and augmented hybrids get the same
 * grid.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { DataSource } from '../src/evaluate/data/collection.js';
import { loadMlqar } from '../src/evaluate/data/mlqar.js';
import { loadQa } from '../src/evaluate/data/qa.js';
import { ArtifactStore } from '../src/evaluate/ranking/artifact-store.js';
import { madeBy } from '../src/evaluate/report/results.js';
import { systemsNamed, TUNABLE_SYSTEMS } from '../src/evaluate/systems.js';
import { formatTuned, tune } from '../src/evaluate/tune.js';
import { closeRecipe, openRecipe } from '../src/indexing/recipe.js';
import { openScanner } from '../src/search/dense/open-scanner.js';

const HALVES = ['tune', 'report', 'all'] as const;
const SETTINGS = ['mono', 'to-english', 'from-english', 'cross', 'multi'] as const;

const text = (value: string) => ({ type: 'string' as const, default: value });
const { values: options } = parseArgs({
  options: {
    pack: text('base'),
    data: text(resolve(process.env.XQG_SHARED ?? '../shared', 'data/eval/mlqa-r')),
    half: text('tune'),
    langs: { type: 'string' },
    qa: { type: 'string', multiple: true },
    setting: { type: 'string' },
    systems: text(TUNABLE_SYSTEMS.map(({ name }) => name).join(',')),
    measure: text('MRR'),
    grid: text('{}'),
    model: text('static'),
    encoder: text('{}'),
    generator: text('{}'),
    queries: text('keywords'),
    rows: text('10'),
    json: { type: 'string' },
    store: { type: 'string' },
  },
});
const systems = systemsNamed(options.systems.split(','), TUNABLE_SYSTEMS);
const langs = options.langs?.split(',');
const collections = options.qa
  ? await Promise.all(options.qa.map(loadQa))
  : [await loadMlqar({ directory: options.data, langs, half: oneOf(HALVES, options.half) })];
const recipe = await openRecipe({
  pack: options.pack,
  encoder: options.model,
  encoderOptions: { settings: JSON.parse(options.encoder) },
  generator: options.queries === 'keywords' ? 'lexicon' : options.queries,
  generatorOptions: { settings: JSON.parse(options.generator) },
});
const { encoder, generator, pack } = recipe;
if (generator === null) throw new Error('settings are tuned for a generator');
const { scanner } = await openScanner();
const folder = options.store ?? mkdtempSync(join(tmpdir(), 'xqg-tune-'));
const store = new ArtifactStore(folder);
const found: { readonly dataset: string; readonly sources: readonly DataSource[] }[] = [];

for (const collection of collections) {
  const usual = options.qa && collection.parts.size === 1 ? 'mono' : 'to-english';
  const setting = oneOf(SETTINGS, options.setting ?? usual);
  const { grid, measure } = { grid: JSON.parse(options.grid), measure: options.measure };
  const started = performance.now();
  let reported = started;
  const tuned = await tune(
    { collection, setting, systems, grid, measure, encoder, generator, scanner, store },
    (step, done, total) => {
      if (performance.now() - reported < 2000) return;
      reported = performance.now();
      console.error(`${collection.name}: ${step}, ${done} of ${total} settings`);
    },
  );
  console.log(
    `${collection.name}, ${setting}, ${measure}\n${formatTuned(tuned, systems, Number(options.rows))}`,
  );
  console.error(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  const { name: dataset, sources } = collection;
  const outcome = { dataset, setting, measure, tuned, sources };
  found.push(outcome);
}
await closeRecipe(recipe);
await scanner.close();
if (options.store === undefined) rmSync(folder, { recursive: true });
if (options.json) {
  const command = `scripts/tune.ts ${process.argv.slice(2).join(' ')}`;
  const data = found.flatMap((each) => each.sources);
  const identities = {
    ...{ pack, scanner: scanner.name },
    encoder: encoder.identity,
    generator: generator.identity,
  };
  writeFileSync(
    options.json,
    `${JSON.stringify({ found, madeBy: madeBy(command, data, identities) }, null, 1)}\n`,
  );
}

function oneOf<T extends string>(choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new Error(`${value} is none of ${choices.join(', ')}`);
  return choice;
}
