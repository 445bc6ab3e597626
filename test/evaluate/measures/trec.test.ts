import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readQrels, readRun, writeQrels, writeRun } from '../../../src/evaluate/measures/trec.js';

const directory = mkdtempSync(join(tmpdir(), 'xqg-trec-'));
let count = 0;
function file(text: string | Buffer, ending = 'txt'): string {
  const path = join(directory, `${count++}.${ending}`);
  writeFileSync(path, text);
  return path;
}

describe('runs', () => {
  it('are read as they were written, even with spaces in ids and in any script', async () => {
    const path = join(directory, 'out.run');
    const hits = [
      { id: 'my notes.md#3', score: 0.1 + 0.2 },
      { id: 'ภาษาไทย', score: -1e-30 },
    ];
    await writeRun(
      path,
      [
        { queryId: 'q 1', hits },
        { queryId: 'q2', hits: [] },
      ],
      'xqg',
    );
    expect(await readRun(path)).toEqual(
      new Map([['q 1', new Map(hits.map(({ id, score }) => [id, score]))]]),
    );
    expect(readFileSync(path, 'utf8')).toContain(
      'q 1\tQ0\tmy notes.md#3\t1\t0.30000000000000004\txqg\n',
    );
  });

  it('are packed where the name says so', async () => {
    const path = join(directory, 'out.run.gz');
    await writeRun(path, [{ queryId: 'q', hits: [{ id: 'a', score: 2 }] }], 'xqg');
    expect(gunzipSync(readFileSync(path)).toString()).toBe('q Q0 a 1 2 xqg\n');
    expect(await readRun(path)).toEqual(new Map([['q', new Map([['a', 2]])]]));
  });

  it('are read as MS MARCO and ranx have them', async () => {
    const marco = await readRun(file('q1\ta\t1\nq1\tb\t2\n', 'tsv'));
    expect(marco).toEqual(new Map([['q1', new Map(Object.entries({ a: -1, b: -2 }))]]));
    const scored = await readRun(file('q1\ta\t1\t9.5\nq1\tb\t2\t9\n', 'tsv'));
    expect(scored).toEqual(new Map([['q1', new Map(Object.entries({ a: 9.5, b: 9 }))]]));
    expect(await readRun(file('{"q1": {"a": 0.5}}', 'json'))).toEqual(
      new Map([['q1', new Map([['a', 0.5]])]]),
    );
    await expect(readRun(file('{"q1": {"a": "high"}}', 'json'))).rejects.toThrow(
      'the score of "a"',
    );
  });

  it('refuse an id with a line break or tab', async () => {
    const queries = [{ queryId: 'q', hits: [{ id: 'a\tb', score: 1 }] }];
    await expect(writeRun(join(directory, 'bad.run'), queries, 'xqg')).rejects.toMatchObject({
      code: 'XQG_RUN_ID',
    });
  });

  it.each([
    ['q Q0 a 1 2.0 t\nq Q0 b 1 nan t\n', '2', 'not a finite number'],
    ['q Q0 a 1 2.0 t\n\nq Q0 b 1 1e999 t\n', '3', 'not a finite number'],
    ['q Q0 a 1 2.0\n', '1', '5 columns'],
    ['q Q0 a 1 2 t\nq Q0 b 2 1 t\nq Q0 a 3 0 t', '3', 'is repeated'],
  ])('are refused with the line of a bad row: %j', async (text, line, reason) => {
    const path = file(text);
    await expect(readRun(path)).rejects.toMatchObject({
      code: 'XQG_EVALUATION_LINE',
      message: expect.stringMatching(new RegExp(`${line}: .*${reason}`)),
    });
  });

  it('report line numbers above 1,000 with a separator', async () => {
    const rows = Array.from({ length: 1233 }, (_, i) => `q Q0 d${i} 0 1 t\n`).join('');
    await expect(readRun(file(`${rows}broken\n`))).rejects.toThrow('line 1,234');
  });

  it('are refused if not UTF-8 or truncated', async () => {
    const latin = Buffer.from('q Q0 caf\xe9 1 2 t\n', 'latin1');
    await expect(readRun(file(latin))).rejects.toThrow('line 1, byte 8: not valid UTF-8');
    const packed = gzipSync(
      Array.from({ length: 9 }, (_, i) => `q Q0 d${i} 1 2 t\n`).join(''),
    ).subarray(0, 40);
    await expect(readRun(file(packed, 'gz'))).rejects.toMatchObject({
      code: 'XQG_EVALUATION_FILE',
    });
  });

  it('are refused by name if missing', async () => {
    await expect(readRun(join(directory, 'none.run'))).rejects.toMatchObject({
      code: 'XQG_EVALUATION_FILE',
    });
  });
});

describe('qrels', () => {
  it('are read in the formats of TREC and BEIR, also gzipped, with CR LF and a byte order mark', async () => {
    const expected = new Map([
      [
        'q1',
        new Map([
          ['d1', 2],
          ['d2', 0],
        ]),
      ],
      ['q2', new Map([['d1', -1]])],
    ]);
    const trec = 'q1 0 d1 2\r\nq1 0 d2 0\r\nq2\t0\td1\t-1';
    const beir = '\uFEFFquery-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1\n';
    expect(await readQrels(file(trec))).toEqual(expected);
    expect(await readQrels(file(beir))).toEqual(expected);
    expect(await readQrels(file(gzipSync(beir), 'tsv.gz'))).toEqual(expected);
  });

  it('are read as they were written', async () => {
    const qrels = new Map([
      [
        'q1',
        new Map([
          ['a b', 2],
          ['c', 0],
        ]),
      ],
    ]);
    const path = join(directory, 'out.qrels');
    await writeQrels(path, qrels);
    expect(await readQrels(path)).toEqual(qrels);
  });

  it.each<[string, string, string]>([
    [
      'with other names in the header',
      'tsv',
      'qid\tdocid\trel\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1\n',
    ],
    ['as CSV', 'csv', 'query_id,doc_id,relevance\nq1,d1,2\nq1,d2,0\nq2,d1,-1\n'],
    [
      'with columns in another order',
      'tsv',
      'score\tcorpus-id\tquery-id\n2\td1\tq1\n0\td2\tq1\n-1\td1\tq2\n',
    ],
    [
      'with relevances as a table has them',
      'tsv',
      'query-id\tcorpus-id\tscore\nq1\td1\t2.0\nq1\td2\t0.0\nq2\td1\t-1.0\n',
    ],
    ['without a header', 'tsv', 'q1\td1\t2\nq1\td2\t0\nq2\td1\t-1\n'],
    [
      'as rows',
      'jsonl',
      '{"query-id":"q1","corpus-id":"d1","score":2}\n{"query-id":"q1","corpus-id":"d2","score":0}\n{"query-id":"q2","corpus-id":"d1","score":-1}\n',
    ],
    ['of pytrec_eval and ranx', 'json', '{"q1": {"d1": 2, "d2": 0}, "q2": {"d1": -1}}'],
  ])('are read %s', async (_, ending, text) => {
    const expected = new Map([
      ['q1', new Map(Object.entries({ d1: 2, d2: 0 }))],
      ['q2', new Map(Object.entries({ d1: -1 }))],
    ]);
    expect(await readQrels(file(text, ending))).toEqual(expected);
    expect(await readQrels(file(gzipSync(text), `${ending}.gz`))).toEqual(expected);
  });

  it.each([
    ['q1 0 d1 high\n', 'relevance "high"'],
    ['q1 0 d1\n', '3 columns'],
    ['query-id\tcorpus-id\tscore\nq1\t0\td1\t1\n', 'line 2: 4 columns'],
    ['q1 0 d1 1\nq1 0 d1 1\n', 'line 2: passage "d1" is repeated'],
  ])('refuses %j', async (text, reason) => {
    await expect(readQrels(file(text))).rejects.toThrow(reason);
  });
});
