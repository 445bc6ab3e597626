// Ranks settings of search by mean MRR on data that may be tuned on (MLQA-R's tuning half by default, or question-answer
// files), never on XQuAD. The defaults of src/search/defaults.ts were chosen with it: an experiment with `tune` tries alpha and
// the weight of the dense leg only, this any parameter. Needs `npm run build`. Usage:
//   node scripts/tune.mjs [--pack base] [--data ../shared/data/eval/mlqa-r] [--half tune|report|all] [--langs ar,de]
//     [--qa FILE]... [--setting to-english|mono|from-english] [--systems hybrid,hybrid+xqg] [--measure MRR]
//     [--grid '{"denseWeight":[0.5,1,2],"alpha":[0.2,0.4]}'] [--encoder '{"semanticShare":0.6}'] [--generator '{...}']
//     [--queries keywords|gloss] [--model ../shared/models/use-multilingual-v3] [--rows 10] [--json FILE]
// A parameter that the grid leaves out keeps its default; plain and augmented hybrids get the same grid.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadMlqar } from '../dist/evaluate/data/mlqar.js';
import { loadQa } from '../dist/evaluate/data/qa.js';
import { ArtifactStore } from '../dist/evaluate/ranking/artifact-store.js';
import { madeBy } from '../dist/evaluate/report/results.js';
import { systemsNamed, TUNABLE_SYSTEMS } from '../dist/evaluate/systems.js';
import { formatTuned, tune } from '../dist/evaluate/tune.js';
import { closeRecipe, openRecipe } from '../dist/indexing/recipe.js';
import { openScanner } from '../dist/search/dense/open-scanner.js';

const text = (value) => ({ type: 'string', default: value });
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
  },
});
const systems = systemsNamed(options.systems.split(','), TUNABLE_SYSTEMS);
const langs = options.langs?.split(',');
const collections = options.qa
  ? await Promise.all(options.qa.map(loadQa))
  : [await loadMlqar({ directory: options.data, langs, half: options.half })];
const recipe = await openRecipe({
  pack: options.pack,
  encoder: options.model,
  encoderOptions: { settings: JSON.parse(options.encoder) },
  generator: options.queries === 'gloss' ? 'gloss' : 'lexicon',
  generatorOptions: { settings: JSON.parse(options.generator) },
});
const { encoder, generator, pack } = recipe;
const { scanner } = await openScanner();
const folder = mkdtempSync(join(tmpdir(), 'xqg-tune-'));
const store = new ArtifactStore(folder);
const found = [];
for (const collection of collections) {
  const setting =
    options.setting ?? (options.qa && collection.parts.size === 1 ? 'mono' : 'to-english');
  const { grid, measure } = { grid: JSON.parse(options.grid), measure: options.measure };
  const started = performance.now();
  let told = started;
  const tuned = await tune(
    { collection, setting, systems, grid, measure, encoder, generator, scanner, store },
    (step, done, total) => {
      if (performance.now() - told < 2000) return;
      told = performance.now();
      console.error(`${collection.name}: ${step}, ${done} of ${total} settings`);
    },
  );
  console.log(
    `${collection.name}, ${setting}, ${measure}\n${formatTuned(tuned, systems, Number(options.rows))}`,
  );
  console.error(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  found.push({ dataset: collection.name, setting, measure, tuned, sources: collection.sources });
}
await closeRecipe(recipe);
await scanner.close();
rmSync(folder, { recursive: true });
if (options.json) {
  const command = `node scripts/tune.mjs ${process.argv.slice(2).join(' ')}`;
  const sources = found.flatMap((each) => each.sources);
  const identities = {
    ...{ pack, scanner: scanner.name },
    encoder: encoder.identity,
    generator: generator.identity,
  };
  writeFileSync(
    options.json,
    `${JSON.stringify({ found, madeBy: madeBy(command, sources, identities) }, null, 1)}\n`,
  );
}
