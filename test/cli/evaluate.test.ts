/** `xqg evaluate` on small data, as people call it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePack } from '../support/pack-folder.js';
import { ROWS } from './rows.js';
import { xqg } from './run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-evaluate-'));
const pack = join(home, 'pack');

beforeAll(() => void writePack(pack));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('xqg evaluate run', () => {
  it('measures a run and writes the flat JSON', async () => {
    const [qrels, run, json] = ['qrels', 'run', 'results.json'].map((name) => join(home, name));
    writeFileSync(qrels, 'q1 0 a 1\nq2 0 b 1\n');
    writeFileSync(run, 'q1 Q0 x 1 2 t\nq1 Q0 a 2 1 t\n');
    const { stdout, stderr } = await xqg(
      'evaluate',
      'run',
      '--qrels',
      qrels,
      '--run',
      run,
      '--measures',
      'MRR R@10',
      '--json',
      json,
    );
    expect(stdout).toContain('0.250');
    expect(stderr).toContain('1 of 2 queries of the qrels are not in the run');
    const { results, madeBy } = JSON.parse(readFileSync(json, 'utf8'));
    expect(
      results.map(({ metric, value }: { metric: string; value: number }) => [metric, value]),
    ).toEqual([
      ['MRR', 0.25],
      ['R@10', 0.5],
    ]);
    expect(madeBy.tool).toBe('xqg');
  });
});

describe('xqg evaluate beir and xquad', () => {
  it('measures every system on a BEIR folder', async () => {
    const data = join(home, 'beir');
    mkdirSync(join(data, 'qrels'), { recursive: true });
    const rows = ROWS.slice(0, 3).map(({ id, title, text, lang }) => ({
      _id: id,
      title,
      text,
      lang,
    }));
    writeFileSync(join(data, 'corpus.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    writeFileSync(join(data, 'queries.jsonl'), '{"_id": "q", "text": "قطار صباح", "lang": "ar"}\n');
    writeFileSync(join(data, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq\ttrains\t1\n');
    const { stdout, code } = await xqg(
      'evaluate',
      'beir',
      '--data',
      data,
      '--pack',
      pack,
      '--json',
    );
    expect(code).toBe(0);
    const { results, madeBy } = JSON.parse(stdout);
    const value = (system: string) =>
      results.find(
        (row: Record<string, string>) =>
          row.system === system && row.metric === 'MRR' && row.language === 'given',
      ).value;
    expect(value('hybrid+xqg')).toBe(1);
    expect(value('bm25')).toBe(0);
    expect(madeBy.identities.pack.name).toBe('tiny');
    const table = await xqg(
      'evaluate',
      'beir',
      '--data',
      data,
      '--pack',
      pack,
      '--systems',
      'bm25+xqg',
      '--languages',
      'given',
    );
    expect(table.stdout).toMatch(/bm25\+xqg +1\.000/);
  });

  it('measures every system on parallel paragraphs, in the settings and languages asked for', async () => {
    const data = join(home, 'xquad');
    mkdirSync(data);
    const paragraphs = {
      en: ROWS.slice(0, 3).map(({ text }) => text),
      de: ['Die Biene und der Honig.', 'Der Zug am Morgen.', 'Brot im Ofen.'],
    };
    const questions = { en: ['honey?', 'train?', 'bread?'], de: ['Honig?', 'Zug?', 'Brot?'] };
    for (const lang of ['en', 'de'] as const) {
      const articles = paragraphs[lang].map((context, i) => {
        const answers = [{ text: context.slice(0, 3), answer_start: 0 }];
        return {
          title: `t${i}`,
          paragraphs: [{ context, qas: [{ id: `q${i}`, question: questions[lang][i], answers }] }],
        };
      });
      writeFileSync(
        join(data, `xquad.${lang}.json`),
        JSON.stringify({ version: '1.1', data: articles }),
      );
    }
    const file = join(home, 'xquad.json');
    const asked = [
      '--data',
      data,
      '--pack',
      pack,
      '--settings',
      'to-english',
      '--systems',
      'hybrid,hybrid+xqg',
    ];
    const { stdout, code } = await xqg('evaluate', 'xquad', ...asked, '--json', file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/hybrid\+xqg +1\.000/);
    const { results } = JSON.parse(readFileSync(file, 'utf8'));
    expect(new Set(results.map(({ setting }: { setting: string }) => setting))).toEqual(
      new Set(['to-english']),
    );
    expect(
      (await xqg('evaluate', 'xquad', '--data', data, '--pack', pack, '--systems', 'magic')).stderr,
    ).toContain('XQG_UNKNOWN_SYSTEM');
  });

  it('names measures as they were asked for, in every table', async () => {
    const data = ['--data', join(home, 'xquad'), '--pack', pack, '--settings', 'to-english'];
    const { stdout } = await xqg(
      ...[
        'evaluate',
        'xquad',
        ...data,
        '--systems',
        'bm25',
        '--measures',
        'recip_rank ndcg_cut_10',
      ],
    );
    expect(stdout).toMatch(/recip_rank/);
    expect(stdout).toMatch(/ndcg_cut_10/);
    const one = await xqg(
      ...['evaluate', 'xquad', ...data, '--systems', 'bm25', '--measures', 'recip_rank P_1'],
      ...['--metrics', 'RR'],
    );
    expect(one.stdout).toMatch(/recip_rank/);
    expect(one.stdout).not.toMatch(/P_1/);
  });

  it('says where data is to be had that is not there', async () => {
    const { code, stderr } = await xqg('evaluate', 'xquad', '--data', join(home, 'no', 'xquad'));
    expect(code).toBe(1);
    expect(stderr).toContain('XQG_EVALUATION_MISSING');
    expect(stderr).toContain(`xqg data get xquad --dir ${join(home, 'no')}`);
  });
});
