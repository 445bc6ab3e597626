/** The answer as a table: languages as columns, baseline and system as rows, then what the difference comes down to. */
import { type Answer, type CorrectedTest, decimal, LEVEL, signed } from '../answer.js';
import type { Tested } from '../comparison.js';
import type { ExperimentSpec } from '../spec.js';
import type { ReportTable, ReportTableRow } from './report.js';

export function answerTable(answer: Answer, { statistics }: ExperimentSpec): ReportTable {
  const { primary, languages, rows, family } = answer;
  const percent = Math.round(statistics.confidence * 100);
  const correction = primary.correction === 'holm' ? 'Holm' : 'Bonferroni';
  const [first] = rows;
  const clusters = first === undefined ? '' : clusterText(first.mean);
  return {
    id: 'answer',
    title: `${primary.system} against ${primary.baseline}: ${primary.metric} on ${primary.data}, ${primary.setting}`,
    note:
      `Primary hypothesis, fixed in the experiment file. ${clusters} Tests are two-sided; p-values of single languages are ` +
      `corrected (${correction}) over all ${family} of this table, those of the mean are not. * marks p ≤ ${LEVEL} after the ` +
      `correction, by randomization.`,
    header: ['', ...languages, 'mean'],
    rows: rows.flatMap(({ encoder, generator, byLanguage, mean }): ReportTableRow[] => {
      const all: Tested[] = [...byLanguage, mean];
      const line = (name: string, cell: (test: Tested) => string): string[] => [name, ...all.map(cell)];
      const corrected = (name: string, value: (test: CorrectedTest) => number | null): string[] => [
        name,
        ...byLanguage.map((test) => probability(value(test))),
        '',
      ];
      return [
        { kind: 'head', cells: [`${encoder}, ${generator}`] },
        { cells: line(primary.baseline, ({ baseline }) => decimal(baseline)) },
        { cells: line(primary.system, ({ system }) => decimal(system)) },
        {
          kind: 'difference',
          cells: [
            'difference',
            ...byLanguage.map(
              ({ difference, correctedRandomization }) =>
                `${signed(difference)}${correctedRandomization <= LEVEL ? '*' : ''}`,
            ),
            signed(mean.difference),
          ],
        },
        { kind: 'test', cells: line(`${percent} % from`, ({ interval }) => signed(interval.low)) },
        { kind: 'test', cells: line(`${percent} % to`, ({ interval }) => signed(interval.high)) },
        {
          kind: 'test',
          cells: line('p, randomization', ({ pRandomization }) => probability(pRandomization)),
        },
        { kind: 'test', cells: corrected(`p, ${correction}`, (test) => test.correctedRandomization) },
        { kind: 'test', cells: line('p, t-test', ({ pT }) => probability(pT)) },
        { kind: 'test', cells: corrected(`p, t-test, ${correction}`, (test) => test.correctedT) },
      ];
    }),
  };
}

function clusterText({ questions, clusters }: Tested): string {
  const asked = `${questions.toLocaleString('en-US')} questions`;
  if (clusters === questions) return `${asked}; bootstrap and randomization take each as a unit.`;
  return (
    `${asked} from ${clusters.toLocaleString('en-US')} articles: bootstrap and randomization take the article as the unit, with all ` +
    `translations of its questions; the t-test takes questions as independent and is therefore too sure.`
  );
}

export function probability(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '<.001' : p.toFixed(3).replace(/^0/, '');
}
