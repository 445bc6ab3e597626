import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateRun } from '../../src/evaluate/predictions.js';
import type { ResultRow } from '../../src/evaluate/report/results.js';
import { formatTables } from '../../src/evaluate/report/text-tables.js';

const directory = mkdtempSync(join(tmpdir(), 'xqg-run-'));
const qrels = join(directory, 'q.qrels');
const run = join(directory, 'r.run');
writeFileSync(qrels, 'q1 0 a 1\nq2 0 b 1\nq3 0 c 1\n');
writeFileSync(run, 'q1 Q0 a 1 2 t\nq2 Q0 a 1 2 t\nq2 Q0 b 2 1 t\nq9 Q0 a 1 1 t\n');
const measures = 'MRR accuracy@1';

describe('evaluateRun', () => {
  it('takes means over the queries of the qrels and says what is missing', async () => {
    const { results, notes, perQuery, madeBy } = await evaluateRun({
      qrels,
      run,
      measures,
      command: 'xqg evaluate run',
    });
    expect(results.map(({ metric, value, queries }) => [metric, value, queries])).toEqual([
      ['MRR', 0.5, 3],
      ['accuracy@1', 1 / 3, 3],
    ]);
    expect(notes).toEqual([
      '1 of 3 queries of the qrels are not in the run and count 0',
      '1 queries of the run are not in the qrels and are ignored',
    ]);
    expect(perQuery).toBeUndefined();
    expect(madeBy.command).toBe('xqg evaluate run');
    expect(madeBy.data.map(({ file }) => file)).toEqual(['q.qrels', 'r.run']);
  });

  it('keeps the values of every query if asked', async () => {
    const { perQuery } = await evaluateRun({
      qrels,
      run,
      measures: 'MRR',
      perQuery: true,
      command: '',
    });
    expect(perQuery!.map(({ query, value }) => [query, value])).toEqual([
      ['q1', 1],
      ['q2', 0.5],
      ['q3', 0],
    ]);
  });

  it('refuses qrels without judgments, and passages that a query ranks twice', async () => {
    const empty = join(directory, 'empty.qrels');
    writeFileSync(empty, 'query-id\tcorpus-id\tscore\n');
    await expect(evaluateRun({ qrels: empty, run, measures, command: '' })).rejects.toThrow(
      'no judgments',
    );
    const twice = join(directory, 'twice.run');
    writeFileSync(twice, 'q1 Q0 a 1 2 t\nq1 Q0 a 2 1 t\n');
    await expect(evaluateRun({ qrels, run: twice, measures, command: '' })).rejects.toThrow(
      'line 2: passage "a" is repeated for query "q1"',
    );
  });

  it('is shown with the metrics as columns', async () => {
    const { results } = await evaluateRun({ qrels, run, measures, command: '' });
    expect(formatTables(results)).toBe(
      'q.qrels, mixed\n         MRR  accuracy@1\nr.run  0.500       0.333\n',
    );
  });
});

describe('formatTables', () => {
  const row = (queryLang: string, system: string, value: number, metric = 'MRR'): ResultRow => ({
    dataset: 'xquad',
    setting: 'to-english',
    queryLang,
    passageLang: 'en',
    system,
    metric,
    value,
    generator: 'lexicon',
    language: 'given',
    queries: 1,
  });
  const rows = [
    row('th', 'dense', 0.5),
    row('ar', 'dense', 0.25),
    row('ar', 'dense+xqg', 0.75),
    row('ar', 'dense', 0.1, 'R@10'),
  ];

  it('has a column for each language and the mean where no cell is missing', () => {
    expect(formatTables(rows, { metrics: ['MRR'] })).toBe(
      [
        'xquad, to-english, language given, MRR',
        '              ar     th   mean',
        'dense      0.250  0.500  0.375',
        'dense+xqg  0.750      -      -',
        '',
      ].join('\n'),
    );
  });

  it('has one table a metric', () => {
    expect(formatTables(rows).match(/language given/g)).toHaveLength(2);
  });
});
