/** The tables of the docs about generated queries: their controls, and several generators. */
import { meanOf } from '../src/base/numbers.js';
import { ORDER } from './evaluation-tables.js';
import {
  type ExperimentJson,
  type Figure,
  made,
  type Provenance,
  short,
  signed,
  type Test,
  table,
} from './experiment-tables.js';

/** What `conditionTests` of an experiment's results says of one point. */
interface PointTest extends Pick<Test, 'baseline' | 'system' | 'difference' | 'interval'> {
  readonly dataset: string;
  readonly metric: string;
  readonly condition: string;
  readonly comparedWith: string;
  readonly encoder: string;
  readonly generator: string;
  readonly name: string;
  readonly point: string | number;
  readonly alphaEffective: number | null;
  readonly pRandomization: number;
}

/** Controls of one data set: a table an encoder, each point tested against both. */
export function controlTables(
  set: string,
  { conditionTests, ...provenance }: Provenance & { readonly conditionTests: readonly PointTest[] },
): string {
  const tests = conditionTests.filter(
    ({ dataset, condition }) => dataset === set && condition === 'controls',
  );
  const pairings = [...new Set(tests.map(({ encoder, generator }) => `${encoder}, ${generator}`))];
  const lines = pairings.flatMap((pairing) => {
    const ofPairing = tests.filter((each) => `${each.encoder}, ${each.generator}` === pairing);
    const [{ metric, baseline }] = ofPairing;
    const names = [...new Set(ofPairing.map(({ name }) => name))];
    const against = (name: string, label: string): string => {
      const test = ofPairing.find((each) => each.name === name && each.comparedWith === label)!;
      const { difference, interval, pRandomization } = test;
      const star = pRandomization <= 0.05 ? '*' : '';
      return `${signed(difference)}${star} (${signed(interval.low)} to ${signed(interval.high)})`;
    };
    const rows = names.map((name) => {
      const { alphaEffective, system, point } = ofPairing.find((each) => each.name === name)!;
      return [
        name.replace(' (tuned)', ''),
        alphaEffective === null ? '–' : String(Number(alphaEffective.toFixed(3))),
        short(system),
        against(name, 'without queries'),
        point === 'own' ? '' : against(name, 'own queries'),
      ];
    });
    return [
      table(
        [pairingName(pairing), 'alpha', metric, 'against no queries', 'against own queries'],
        [['no queries', '', short(baseline), '', ''], ...rows],
      ),
      '',
    ];
  });
  const { madeBy, timings, machine } = provenance;
  return [...lines, made(madeBy, timings, machine), ''].join('\n');
}

/** Files and folders by their last name. */
function pairingName(pairing: string): string {
  return pairing
    .split(', ')
    .map((name) => name.split('/').at(-1))
    .join(', ');
}

/** Means over languages of every system, a row a system, a column a generator and setting. */
export function generatorTable({
  results,
  experiment,
  ...provenance
}: Omit<ExperimentJson, 'results'> & {
  readonly results: readonly (Figure & { readonly encoder: string; readonly generator: string })[];
}): string {
  const { metric } = experiment.primary;
  const rows = results.filter((row) => row.metric === metric && row.condition === 'system');
  const settings = [...new Set(rows.map(({ setting }) => setting))];
  const encoders = [...new Set(rows.map(({ encoder }) => encoder))];
  const generators = [...new Set(rows.map(({ generator }) => generator))];
  const systems = ORDER.filter((system) => rows.some((row) => row.system === system));
  const columns = settings.flatMap((setting) =>
    generators.map((generator) => ({ setting, generator })),
  );
  const lines = encoders.flatMap((encoder) => [
    table(
      [
        `${pairingName(encoder)}, ${metric}`,
        ...columns.map(({ setting, generator }) => `${setting}, ${pairingName(generator)}`),
      ],
      systems.map((system) => [
        system,
        ...columns.map(({ setting, generator }) => {
          const ofCell = rows.filter(
            (row) =>
              row.encoder === encoder &&
              row.system === system &&
              row.setting === setting &&
              row.generator === generator,
          );
          return short(meanOf(ofCell.map(({ value }) => value)));
        }),
      ]),
    ),
    '',
  ]);
  const { madeBy, timings, machine } = provenance;
  return [...lines, made(madeBy, timings, machine), ''].join('\n');
}
