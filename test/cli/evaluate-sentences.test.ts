import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResultRow } from '../../src/evaluate/report/results.js';
import { writePack } from '../support/pack-folder.js';
import { shared } from '../support/shared.js';
import { xqg } from './run-xqg.js';

const pack = await writePack(mkdtempSync(join(tmpdir(), 'xqg-pack-')));
const xquadR = shared('data/eval/xquad-r');
const mlqaR = shared('data/eval/mlqa-r');

describe('xqg evaluate xquad-r and mlqa-r', () => {
  it.skipIf(!xquadR)(
    'measures within, across and over all languages (needs XQG_SHARED data/eval/xquad-r)',
    async () => {
      const asked = [
        '--data',
        xquadR!,
        '--langs',
        'en,th',
        '--systems',
        'bm25,dense',
        '--pack',
        pack,
      ];
      const { stdout, code } = await xqg('evaluate', 'xquad-r', ...asked, '--json');
      expect(code).toBe(0);
      const { results, madeBy } = JSON.parse(stdout) as {
        results: ResultRow[];
        madeBy: { data: unknown[] };
      };
      const pairs = new Set(
        results.map((row) => `${row.setting} ${row.queryLang} ${row.passageLang}`),
      );
      expect([...pairs]).toEqual([
        'mono en en',
        'mono th th',
        'cross en th',
        'cross th en',
        'multi en all',
        'multi th all',
      ]);
      const metrics = (setting: string) => [
        ...new Set(results.filter((row) => row.setting === setting).map(({ metric }) => metric)),
      ];
      expect(metrics('multi')).toEqual(['mAP', 'mAP@20', 'R@1', 'R@10', 'MRR', 'rank-distance']);
      expect(metrics('cross')).toEqual(['mAP', 'mAP@20', 'R@1', 'R@10', 'MRR']);
      expect(new Set(results.map(({ queries }) => queries))).toEqual(new Set([1190]));
      expect(madeBy.data).toHaveLength(2);
    },
  );

  it.skipIf(!mlqaR)(
    'joins the questions of MLQA-R by their ids (needs XQG_SHARED data/eval/mlqa-r)',
    async () => {
      const asked = [
        '--data',
        mlqaR!,
        '--langs',
        'de',
        '--half',
        'tune',
        '--systems',
        'bm25',
        '--pack',
        pack,
      ];
      const { stdout, code } = await xqg(
        'evaluate',
        'mlqa-r',
        ...asked,
        '--settings',
        'multi,cross',
      );
      expect(code).toBe(0);
      expect(stdout).toMatch(/mlqa-r\/tune, multi, language given, mAP\n +de +en +mean/);
      expect(stdout).toContain('rank-distance');
    },
  );

  it('refuses other settings and a folder without files', async () => {
    const nothing = mkdtempSync(join(tmpdir(), 'xqg-none-'));
    const empty = await xqg('evaluate', 'xquad-r', '--data', nothing, '--pack', pack);
    expect([empty.code, empty.stderr.includes('no file <lang>.json')]).toEqual([1, true]);
    const other = await xqg('evaluate', 'mlqa-r', '--data', nothing, '--settings', 'to-english');
    expect(other.stderr).toContain('is not one of mono, cross, multi');
  });
});

describe('xqg evaluate xor', () => {
  const directory = mkdtempSync(join(tmpdir(), 'xqg-xor-cli-'));
  const data = join(directory, 'questions.jsonl');
  const predictions = join(directory, 'predictions.json');
  const question = (id: string, lang: string) =>
    JSON.stringify({ id, question: '?', answers: ['Oulu'], lang });
  writeFileSync(data, `${question('1', 'fi')}\n${question('2', 'fi')}\n${question('3', 'ja')}\n`);
  writeFileSync(
    predictions,
    JSON.stringify([
      { id: '1', lang: 'fi', ctxs: ['It is in Oulu.'] },
      { id: '3', lang: 'ja', ctxs: ['It is in Kyoto.'] },
    ]),
  );

  it('scores predictions strictly, or as the official script does', async () => {
    const asked = ['evaluate', 'xor', '--data', data, '--predictions', predictions];
    const strict = await xqg(...asked);
    expect(strict.stdout).toMatch(
      /R@2kt\n +fi +ja +mean\npredictions\.json +0\.500 +0\.000 +0\.250/,
    );
    expect(strict.stderr).toContain('1 of 3 questions have no prediction and count as misses');
    const official = await xqg(...asked, '--official');
    expect(official.stdout).toMatch(/predictions\.json +1\.000 +0\.000 +0\.500/);
  });
});
