import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  missingData,
  type Reproduced,
  type ReproduceRow,
  readMatrix,
  recordMatrix,
  reproduce,
  verdictOf,
} from '../../../src/evaluate/experiment/reproduce.js';
import { xqg } from '../../cli/run-xqg.js';
import { shared } from '../../support/shared.js';

const MATRIX = 'experiments/reproduce.json';

describe('a verdict', () => {
  it('is OK within the tolerance, OKish within three times it, else FAIL', () => {
    expect(verdictOf(0.501, 0.5, 0.001)).toBe('OK');
    expect(verdictOf(0.499, 0.5, 0.001)).toBe('OK');
    expect(verdictOf(0.503, 0.5, 0.001)).toBe('OKish');
    expect(verdictOf(0.496, 0.5, 0.001)).toBe('FAIL');
    expect(verdictOf(null, 0.5, 0.001)).toBe('FAIL');
  });
});

describe('reproduce', () => {
  const row = { command: ['a', '{data}/x'], expected: 0.5, tolerance: 0.01, short: false };
  const results = [
    { system: 'dense', queryLang: 'de', value: 0.505 },
    { system: 'dense', queryLang: 'th', value: 0.4 },
  ];

  it('runs a command once, and finds each row or says why not', async () => {
    const data = mkdtempSync(join(tmpdir(), 'xqg-data-'));
    writeFileSync(join(data, 'x'), '');
    const asked: string[][] = [];
    const all: Reproduced[] = [];
    const rows: ReproduceRow[] = [
      { ...row, name: 'one', where: { system: 'dense', queryLang: 'de' } },
      { ...row, name: 'two', where: { system: 'dense' } },
      { ...row, name: 'none', where: { system: 'bm25' } },
      { ...row, name: 'broken', command: ['b'], where: {} },
      { ...row, name: 'absent', command: ['c', '--data', '{data}/y'], where: {} },
    ];
    for await (const found of reproduce(rows, data, async (words) => {
      asked.push([...words]);
      if (words[0] === 'b') throw new Error('no such command');
      return { results };
    }))
      all.push(found);
    expect(asked).toEqual([['a', `${data}/x`], ['b']]);
    expect(all.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual([
      ['one', 'OK', ''],
      ['two', 'FAIL', '2 rows fit, not one'],
      ['none', 'FAIL', '0 rows fit, not one'],
      ['broken', 'FAIL', 'no such command'],
      ['absent', 'skipped', `there is no ${join(data, 'y')}`],
    ]);
    expect(missingData(rows, data)).toEqual([{ set: 'y', path: join(data, 'y') }]);
  });

  it('records what was measured, and leaves rows that were not run', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'xqg-matrix-')), 'matrix.json');
    const rows = ['one', 'two', 'three'].map((name) => ({
      name,
      command: ['a', '{data}/x'],
      where: { queryLang: 'de', queries: 3 },
      expected: 0.5,
      tolerance: 0.01,
      ...(name === 'one' ? { short: true } : {}),
    }));
    writeFileSync(file, JSON.stringify({ rows }));
    const measured = (name: string, value: number | null): Reproduced => {
      return {
        name,
        command: 'a',
        expected: 0.5,
        tolerance: 0.01,
        value,
        verdict: 'FAIL',
        reason: '',
      };
    };
    await recordMatrix(file, [measured('one', 0.123456), measured('two', null)]);
    expect((await readMatrix(file)).map(({ expected }) => expected)).toEqual([0.1235, 0.5, 0.5]);
    expect(readFileSync(file, 'utf8').split('\n')[2]).toBe(
      '  {"name": "one", "command": ["a", "{data}/x"], "where": {"queryLang": "de", "queries": 3}, "expected": 0.1235, "tolerance": 0.01, "short": true},',
    );
    const before = readFileSync(MATRIX, 'utf8');
    writeFileSync(file, before);
    await recordMatrix(file, []);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('has a matrix with a short part, and every name once', async () => {
    const rows = await readMatrix(MATRIX);
    expect(rows.some(({ short }) => short)).toBe(true);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    await expect(readMatrix('package.json')).rejects.toMatchObject({
      code: 'XQG_REPRODUCE_MATRIX',
    });
    await expect(readMatrix('none.json')).rejects.toMatchObject({ code: 'XQG_REPRODUCE_MATRIX' });
  });

  it.skipIf(!shared('data/eval/mlqa-r'))(
    'gives the short rows as they were (needs XQG_SHARED data/eval/mlqa-r)',
    async () => {
      const rows = (await readMatrix(MATRIX)).filter(({ short }) => short);
      const verdicts: string[] = [];
      const run = async (words: readonly string[]) =>
        JSON.parse((await xqg(...words, '--json')).stdout);
      for await (const { name, verdict, value } of reproduce(rows, shared('data/eval')!, run))
        verdicts.push(`${verdict} ${name} ${verdict === 'OK' ? '' : value}`.trim());
      expect(verdicts).toEqual(rows.map(({ name }) => `OK ${name}`));
    },
    120_000,
  );

  it('is in the package scripts', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts.reproduce).toContain(
      'reproduce',
    );
  });
});

describe('xqg reproduce without data', () => {
  it('skips every row, says where the data is to be had, and is no success', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'xqg-none-'));
    const { code, stdout, stderr } = await xqg('reproduce', '--short', '--data', empty);
    expect(code).toBe(1);
    const rows = stdout.trim().split('\n');
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.every((row) => row.startsWith('skipped'))).toBe(true);
    expect(stderr).toMatch(/XQG_REPRODUCE_SKIPPED.*were not measured/);
    expect(stderr).toContain(`xqg data get mlqa-r --dir ${empty}`);
    expect(stderr).toContain('XQG_SHARED');
  });
});
