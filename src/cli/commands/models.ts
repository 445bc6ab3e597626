/**
 * `xqg models list|show|check|get`: which encoders are known, what is known of one, whether it
 * works here.
 */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { DTYPE_SUFFIX, type Dtype, describeCard } from '../../encode/neural/card.js';
import { KNOWN_CARDS, knownCard } from '../../encode/neural/known-cards.js';
import { modelJson } from '../../models/files.js';
import { findModel, SHIPPED_ENCODER } from '../../models/places.js';
import type { Register } from '../command.js';
import { oneOf, parseOptions } from '../options.js';
import { columns } from '../terminal.js';

const dtypes = Object.keys(DTYPE_SUFFIX) as [Dtype, ...Dtype[]];

/** The folder of a model, or null where it is not on this machine. */
function folderOf(name: string): string | null {
  try {
    return findModel(`hf:${name}`).folder;
  } catch (error) {
    if (error instanceof XqgError && error.code === 'XQG_MODEL_MISSING') return null;
    throw error;
  }
}

export const registerModels: Register = (parent, act) => {
  const models = parent
    .command('models')
    .description('neural encoders: list, look into, check, get');

  models
    .command('list')
    .description('list the encoders that xqg has a card of, and which are on this machine')
    .option('--json', 'print JSON')
    .action(
      act(async (context) => {
        const shipped = findModel(SHIPPED_ENCODER);
        const known = KNOWN_CARDS.map(({ names, card, ...facts }) => {
          const folder = names.map(folderOf).find((found) => found !== null) ?? null;
          return { name: names[0], ...facts, card, folder };
        });
        if (context.json) return context.printJson(known);
        const rows = known.map(({ name, dim, license, measured, folder }) => {
          return [
            name,
            String(dim),
            license,
            measured ? 'measured here' : 'not run here',
            folder ?? 'not on this machine',
          ];
        });
        context.print(columns([['', 'dim', 'license', 'card', 'folder'], ...rows]));
        context.print(
          `\n${SHIPPED_ENCODER} ships with xqg: ${shipped.name} in 4 bits, ${shipped.folder}`,
        );
      }),
    );

  models
    .command('show')
    .description("show the card of a model: e5, hf:NAME or a model's folder")
    .argument('<model>')
    .option('--json', 'print JSON')
    .action(
      act(async (context, _options, spec: string) => {
        const hubName = spec.replace(/^hf:/, '');
        const { name, folder } = spec.startsWith('hf:')
          ? { name: hubName, folder: folderOf(hubName) }
          : findModel(spec);
        const modelType =
          folder === null ? undefined : modelJson(folder, 'config.json')?.model_type;
        const known = knownCard(name, modelType as string | undefined);
        if (known === null && folder === null) findModel(spec);
        if (context.json) return context.printJson({ model: spec, folder, card: known });
        context.print(`${spec}: ${folder ?? 'not on this machine'}`);
        if (known === null)
          return context.print('no card of ours; xqg models check reads its own files');
        context.print(
          Object.entries(known.card)
            .map(([field, value]) => `${field} ${JSON.stringify(value)}`)
            .join(', '),
        );
        context.print(
          `${known.dim} dimensions; languages: ${known.languages}; license: ${known.license}`,
        );
        context.print(
          `${known.note} ${known.measured ? 'Measured here.' : 'This card was not run here.'}`,
        );
      }),
    );

  models
    .command('check')
    .description('open a model and encode a few texts: does it work here, and how is it used?')
    .argument('<model>')
    .option('--card <json>', 'what is to be known of the model, as JSON or a file of it')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, spec: string) => {
        const { card } = parseOptions(z.object({ card: z.string().optional() }), raw);
        const { readCardFields } = await import('../../encode/open-encoder.js');
        const { NeuralEncoder } = await import('../../encode/neural/neural.js');
        const encoder = await NeuralEncoder.open(findModel(spec), { card: readCardFields(card) });
        try {
          const texts = [
            'Everyone has the right to education.',
            'Jeder hat das Recht auf Bildung.',
            'Bees make honey.',
          ];
          const languages = [{ lang: 'en', weight: 1 }];
          const started = performance.now();
          const rows = await encoder.encodeQueries(texts.map((text) => ({ text, languages })));
          const milliseconds = (performance.now() - started) / texts.length;
          const { dim } = encoder.identity;
          const [translation, other] = [1, 2].map((row) => cosine(rows, 0, row, dim));
          if (context.json)
            return context.printJson({
              identity: encoder.identity,
              milliseconds,
              cosine: { translation, other },
            });
          context.print(`${spec}: ${dim} dimensions, ${describeCard(encoder.card)}`);
          context.print(`${milliseconds.toFixed(1)} ms a short text`);
          context.print(
            `cosine of a sentence with its German translation ${translation.toFixed(2)}, with another one ${other.toFixed(2)}`,
          );
        } finally {
          await encoder.close();
        }
      }),
    );

  models
    .command('get')
    .description('download a model from the hub: the only command that downloads')
    .argument('<model>', 'hf:NAME')
    .option('--dtype <dtype>', dtypes.join(', '), 'fp32')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, spec: string) => {
        const { dtype } = parseOptions(z.object({ dtype: oneOf(...dtypes) }), raw);
        const { getModel } = await import('../../models/get.js');
        const name = spec.replace(/^hf:/, '');
        const folder = await getModel(name, DTYPE_SUFFIX[dtype], (path) =>
          context.say(`Getting ${path}`),
        );
        if (context.json) return context.printJson({ model: spec, folder });
        context.print(`${folder}\nUse it: --encoder hf:${name}`);
      }),
    );
};

function cosine(rows: Float32Array, a: number, b: number, dim: number): number {
  let product = 0;
  let squares = 1;
  for (const [x, y] of [
    [a, b],
    [a, a],
    [b, b],
  ]) {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += rows[x * dim + d] * rows[y * dim + d];
    if (x !== y) product = sum;
    else squares *= sum;
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares);
}
