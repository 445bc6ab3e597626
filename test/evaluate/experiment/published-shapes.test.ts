/**
 * Data as people have it: collections whose queries are passages, in other layouts and packed, and
 * vectors that were made elsewhere.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StaticEncoder } from '../../../src/encode/static/static-encoder.js';
import { loadMiracl, loadMrTydi } from '../../../src/evaluate/data/multilingual-retrieval.js';
import { evaluate } from '../../../src/evaluate/evaluate.js';
import { writeTexts } from '../../../src/evaluate/experiment/needed-texts.js';
import { parseExperiment } from '../../../src/evaluate/experiment/read-spec.js';
import { runExperiment } from '../../../src/evaluate/experiment/run.js';
import { evaluateRun } from '../../../src/evaluate/predictions.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { reportOf } from '../../../src/evaluate/report/compose.js';
import { resultRows, writeFolder } from '../../../src/evaluate/report/folder.js';
import { loadPack } from '../../../src/pack/format.js';
import { encodeSafetensors } from '../../../src/pack/safetensors.js';
import { writePack } from '../../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-shapes-'));
let pack: string;
beforeAll(() => {
  pack = writePack(join(home, 'pack'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function write(name: string, content: string | Buffer): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Claims and what answers them share all words but one; a claim is a passage as well. */
const CLAIMS = [
  ['bee honey flower', 'bee honey station'],
  ['train morning bread', 'train morning oven'],
  ['water river moon', 'water river night'],
];
const passages = CLAIMS.flatMap(([claim, answer], i) => [
  { _id: `c${i}`, title: '', text: claim },
  { _id: `a${i}`, title: '', text: answer },
]);
const queries = CLAIMS.map(([claim], i) => ({ _id: `c${i}`, text: claim }));
const qrels = `query-id\tcorpus-id\tscore\n${CLAIMS.map((_, i) => `c${i}\ta${i}\t1\n`).join('')}`;

function writeClaims(name: string): string {
  write(`${name}/corpus.jsonl`, lines(passages));
  write(`${name}/queries.jsonl`, lines(queries));
  write(`${name}/qrels/test.tsv`, qrels);
  return join(home, name);
}

const measured = (data: string, more: object = {}) =>
  evaluate('beir', {
    ...{ data, pack, encoder: 'static', systems: ['dense', 'bm25', 'hybrid'] },
    ...{ queryLang: 'en', passageLang: 'en', languages: ['given'], measures: 'RR@10 nDCG@10' },
    command: 'x',
    ...more,
  });
const valuesOf = ({ results }: Awaited<ReturnType<typeof measured>>) =>
  results.map(({ system, metric, value }) => [system, metric, value]);

describe('a BEIR folder whose queries are passages', () => {
  it('ranks each query over the other passages, and says so', async () => {
    const result = await measured(writeClaims('claims'));
    expect(valuesOf(result)).toEqual(
      ['dense', 'bm25', 'hybrid'].flatMap((system) => [
        [system, 'RR@10', 1],
        [system, 'nDCG@10', 1],
      ]),
    );
    expect(result.notes.join()).toContain('3 of 3 queries have the id of a passage');
    const kept = await measured(join(home, 'claims'), { keepIdenticalIds: true });
    expect(kept.results[0].value).toBe(0.5);
    expect(kept.notes.join()).not.toContain('id of a passage');
  });

  it('warns where ids are only numbered alike', async () => {
    write(
      'alike/corpus.jsonl',
      lines([
        { _id: '1', text: 'bee honey' },
        { _id: '2', text: 'train' },
      ]),
    );
    write('alike/queries.jsonl', lines([{ _id: '1', text: 'honey' }]));
    write('alike/qrels/test.tsv', 'query-id\tcorpus-id\tscore\n1\t1\t1\n');
    const result = await measured(join(home, 'alike'));
    expect(result.results[0].value).toBe(0);
    expect(result.notes.join()).toMatch(
      /1 of these passages are judged relevant.*--keep-identical-ids/,
    );
    const kept = await measured(join(home, 'alike'), { keepIdenticalIds: true });
    expect(kept.results[0].value).toBe(1);
  });

  it('has a run measured by the same rule, and by that of trec_eval with qrels of TREC', async () => {
    const run = write('own.run', 'c0 Q0 c0 1 9 t\nc0 Q0 a0 2 8 t\n');
    const trec = write('own.qrels', 'c0 0 a0 1\n');
    const beir = write('own.tsv', 'query-id\tcorpus-id\tscore\nc0\ta0\t1\n');
    const of = async (file: string, identicalIds?: 'keep' | 'leave-out') => {
      const options = { qrels: file, run, measures: 'recip_rank', identicalIds, command: 'x' };
      const { results, notes } = await evaluateRun(options);
      return [results[0].metric, results[0].value, /own id/.test(notes.join())];
    };
    expect(await of(beir)).toEqual(['recip_rank', 1, true]);
    expect(await of(trec)).toEqual(['recip_rank', 0.5, true]);
    expect(await of(trec, 'leave-out')).toEqual(['recip_rank', 1, true]);
  });
});

describe('a BEIR folder in other forms', () => {
  it('has the same figures', async () => {
    const expected = valuesOf(await measured(writeClaims('plain')));
    const header = 'id\ttitle\ttext\n';
    const rows = passages.map(({ _id, text }) => `${_id}\t\t${text}\n`).join('');
    write('tables/corpus.tsv.gz', gzipSync(header + rows));
    write(
      'tables/queries.csv',
      `qid,query\n${queries.map(({ _id, text }) => `${_id},${text}\n`).join('')}`,
    );
    write('tables/qrels/test.qrels', CLAIMS.map((_, i) => `c${i} 0 a${i} 1\n`).join(''));
    expect(valuesOf(await measured(join(home, 'tables')))).toEqual(expected);
    write(
      'packed/corpus.jsonl.gz',
      gzipSync(lines(passages.map(({ _id, text }) => ({ docid: _id, contents: text })))),
    );
    write('packed/queries.jsonl.gz', gzipSync(lines(queries)));
    write(
      'packed/qrels/test.jsonl',
      lines(CLAIMS.map((_, i) => ({ 'query-id': `c${i}`, 'corpus-id': `a${i}`, score: 1 }))),
    );
    expect(valuesOf(await measured(join(home, 'packed')))).toEqual(expected);
  });

  it('names the splits that there are', async () => {
    const data = writeClaims('splits');
    write('splits/qrels/dev.tsv', qrels);
    await expect(measured(data, { split: 'train' })).rejects.toThrow(
      /no qrels\/train.tsv \(there are dev.tsv, test.tsv/,
    );
  });
});

describe('archives of Wikipedia collections', () => {
  it('are read in the layouts of their repositories', async () => {
    const tydi = 'tydi/mrtydi-v1.1-korean';
    write(`${tydi}/topic.test.tsv`, '0\t몇 개?\n');
    write(`${tydi}/qrels.test.txt`, '0 Q0 7#1 1\n');
    write(
      `${tydi}/collection/docs.jsonl.gz`,
      gzipSync(lines([{ id: '7#1', contents: 'T\n\nfive' }])),
    );
    const korean = await loadMrTydi({ directory: join(home, 'tydi') });
    expect(korean.parts.get('ko')!.passages).toEqual([
      { id: '7#1', title: 'T', text: 'five', lang: 'ko' },
    ]);
    write('flat/topics.miracl-v1.0-fi-dev.tsv.gz', gzipSync('1\tMikä?\n'));
    write('flat/qrels.miracl-v1.0-fi-dev.tsv.gz', gzipSync('1\tQ0\t1#0\t1\n'));
    write(
      'flat/miracl-corpus-v1.0-fi/docs-0.jsonl',
      lines([{ docid: '1#0', title: 'T', text: 'x' }]),
    );
    const finnish = await loadMiracl({ directory: join(home, 'flat') });
    expect([...finnish.parts.get('fi')!.questions]).toEqual([['1', 'Mikä?']]);
  });
});

describe('own vectors', () => {
  const yaml = (encoder: string) => `name: own
data: [{ set: beir, path: claims-own, settings: [beir], query-lang: en, passage-lang: en }]
primary: { data: beir, setting: beir, metric: recip_rank, baseline: dense }
encoders: ["${encoder}"]
generators: [none]
systems: [dense]
measures: recip_rank ndcg_cut_10
statistics: { samples: 100 }
`;
  const run = async (text: string) => {
    const file = join(home, 'own.yaml');
    return runExperiment({
      file,
      spec: parseExperiment(text, file),
      store: new ArtifactStore(join(home, 'store')),
      command: 'x',
    });
  };

  it('are measured alone, from the texts that xqg wrote', async () => {
    writeClaims('claims-own');
    const file = join(home, 'own.yaml');
    const spec = parseExperiment(yaml('file:texts/vectors.json'), file);
    const { files, manifest } = await writeTexts(file, spec, join(home, 'texts'));
    expect(files.map(({ texts }) => texts)).toEqual([6, 3]);
    // What any encoder does with them: here the pack's, into safetensors.
    const encoder = new StaticEncoder(await loadPack(pack));
    const listed = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const kind of ['passages', 'questions'] as const) {
      for (const entry of listed[kind]) {
        const name = entry.vectors.replace('.npy', '.jsonl');
        const rows = readFileSync(join(home, 'texts', name), 'utf8')
          .trim()
          .split('\n');
        const texts = rows.map((row) => JSON.parse(row));
        const vectors =
          kind === 'passages'
            ? await encoder.encodePassages(texts)
            : await encoder.encodeQueries(
                texts.map(({ text, lang }) => ({ text, languages: [{ lang, weight: 1 }] })),
              );
        entry.vectors = name.replace('.jsonl', '.safetensors');
        const shape = [texts.length, encoder.identity.dim];
        const tensors = { vectors: { shape, data: vectors } };
        write(`texts/${entry.vectors}`, encodeSafetensors({ tensors, metadata: {} }) as Buffer);
      }
    }
    writeFileSync(manifest, JSON.stringify(listed));
    // A manifest that was completed is not written over.
    await writeTexts(file, spec, join(home, 'texts'));
    const own = await run(yaml('file:texts/vectors.json'));
    const reference = await run(yaml(`static:${pack}`));
    const values = (finished: typeof own) =>
      resultRows(finished.results).map(({ metric, value }) => [metric, value]);
    expect(values(own)).toEqual(values(reference));
    expect(values(own)).toEqual([
      ['recip_rank', 1],
      ['ndcg_cut_10', 1],
    ]);
    const report = reportOf(own.results);
    expect(report.answer.sentences).toEqual([
      'With file:texts/vectors.json, dense has 1.000 recip_rank; nothing was compared.',
    ]);
    const out = join(home, 'out');
    await writeFolder(out, own.results, report, own.runs);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
    await own.close();
    await reference.close();
  });

  it('that are not there are listed, all of them', async () => {
    const listed = JSON.parse(readFileSync(join(home, 'texts', 'vectors.json'), 'utf8'));
    writeFileSync(join(home, 'texts', 'some.json'), JSON.stringify({ ...listed, questions: [] }));
    await expect(run(yaml('file:texts/some.json'))).rejects.toMatchObject({
      code: 'XQG_VECTORS_MISSING',
      message: expect.stringMatching(/3 of 3 questions of beir\/claims-own in en \(c0, c1, c2\)/),
      remedy: expect.stringContaining('xqg experiment texts'),
    });
    const augmented = yaml('file:texts/vectors.json')
      .replace('generators: [none]', `generators: ["lexicon:${pack}"]`)
      .replace('systems: [dense]', 'systems: [dense, dense+xqg]');
    await expect(run(augmented)).rejects.toThrow(
      /queries that .* generates, all of them \(generators: \[none\]/,
    );
  });

  it('without a generator have no systems that need one', () => {
    expect(() =>
      parseExperiment(
        yaml('static').replace('systems: [dense]', 'systems: [dense, dense+xqg]'),
        'x',
      ),
    ).toThrow(/dense\+xqg", no system of xqg without a generator/);
    expect(() => parseExperiment(yaml('static').replace('[none]', '[none, lexicon]'), 'x')).toThrow(
      /none beside others/,
    );
  });
});
