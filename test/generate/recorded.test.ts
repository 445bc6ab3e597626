import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Generator, statedIn, writesIn } from '../../src/generate/generator.js';
import { LexiconGenerator } from '../../src/generate/lexicon.js';
import { RecordedGenerator, recordQueries } from '../../src/generate/recorded.js';
import { xqg } from '../cli/run-xqg.js';
import { tinyPack } from '../support/pack-in-memory.js';
import { describeGenerator } from './conformance.js';

const folder = () => mkdtempSync(join(tmpdir(), 'xqg-recorded-'));
const passage = (id: string, lang = 'en') => ({ id, title: 'T', text: `the text of ${id}`, lang });
const row = (docid: string, generated_queries: object) => ({
  docid,
  title: 'T',
  text: '…',
  generated_queries,
});
const ROWS = [
  row('p1', { ar: ['أ', 'ب', 'ج'], ja: ['一', '二', '三'] }),
  row('p2', { ar: ['د', 'ه', 'و', 'ز'], ja: [] }),
  row('p3', { ja: ['四', '五', '六'] }),
];

function fileOf(name: string, rows: readonly (object | string)[]): string {
  const file = join(folder(), name);
  const text = rows
    .map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    .join('\n');
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

async function opened(
  name: string,
  rows: readonly (object | string)[],
): Promise<RecordedGenerator> {
  const generator = await RecordedGenerator.open([fileOf(name, rows)]);
  onTestFinished(() => generator.close());
  return generator;
}

const whole = await RecordedGenerator.open([
  fileOf(
    'q.jsonl',
    ['a', 'b', 'c'].map((id) => row(id, { de: [1, 2, 3, 4].map((i) => `${id}${i}`) })),
  ),
]);
afterAll(() => whole.close());
describeGenerator(
  'the generator of recorded queries',
  () => whole,
  ['a', 'b', 'c'].map((id) => passage(id)),
  'de',
  { seeded: false },
);

describe('RecordedGenerator', () => {
  it.each(['q.jsonl', 'q.jsonl.gz'])('reads %s in any order', async (name) => {
    const generator = await opened(name, [...ROWS, '']);
    expect(generator.languages).toEqual(['ar', 'ja']);
    expect(generator.queriesPerLanguage).toBe(3);
    expect(await generator.draw([passage('p3'), passage('p1'), passage('p2')], 'ja', 3)).toEqual([
      ['四', '五', '六'],
      ['一', '二', '三'],
      [],
    ]);
    expect(await generator.draw([passage('p1')], 'ar', 2)).toEqual([['أ', 'ب']]);
  });

  it('is the same generator whether its file is packed or not, and another one with other queries', async () => {
    const [plain, packed, other] = await Promise.all([
      opened('q.jsonl', ROWS),
      opened('q.jsonl.gz', ROWS),
      opened('q.jsonl', ROWS.slice(1)),
    ]);
    expect(packed.identity).toEqual(plain.identity);
    expect(other.identity).not.toEqual(plain.identity);
  });

  it('reads several files, and leaves nothing unpacked behind', async () => {
    const temporary = folder();
    const paths = [fileOf('a.jsonl.gz', ROWS.slice(0, 1)), fileOf('b.jsonl.gz', ROWS.slice(1))];
    const generator = await RecordedGenerator.open(paths, { temporary });
    expect(await generator.draw([passage('p2'), passage('p1')], 'ar', 1)).toEqual([['د'], ['أ']]);
    expect(readdirSync(temporary)).toHaveLength(2);
    await generator.close();
    expect(readdirSync(temporary)).toEqual([]);
    await expect(RecordedGenerator.open([paths[0], paths[0]], { temporary })).rejects.toThrow(
      `the passage "p1" came before, in line 1 of ${paths[0]}`,
    );
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('refuses to draw what was not recorded', async () => {
    const generator = await opened('q.jsonl', ROWS);
    const draw = (id: string, lang: string, n: number) => generator.draw([passage(id)], lang, n);
    await expect(draw('p9', 'ar', 1)).rejects.toThrow('queries for the passage "p9"');
    await expect(draw('p3', 'ar', 1)).rejects.toThrow(
      'queries in ar for the passage "p3", only in ja',
    );
    await expect(draw('p1', 'ar', 5)).rejects.toThrow(
      '5 queries in ar for the passage "p1", only 3',
    );
  });

  it('has queries in the own language of a passage where they were recorded', async () => {
    const generator = await opened('q.jsonl', [
      row('p1', { en: ['a', 'b', 'c'], ar: ['أ', 'ب', 'ج'] }),
      row('p2', { ar: ['د', 'ه', 'و'] }),
    ]);
    const passages = [passage('p1'), passage('p2')];
    expect(await generator.draw(passages, 'en', 2)).toEqual([['a', 'b'], []]);
    // In another language than its own they were forgotten.
    await expect(generator.draw([passage('p2', 'ar')], 'en', 2)).rejects.toThrow('queries in en');
    expect(writesIn(generator, 'en', 'en')).toBe(true);
    expect(statedIn(generator.identity)).toMatchObject({ tuning: 'questions' });
    const file = join(folder(), 'copy.jsonl');
    await recordQueries(file, passages, generator, { queries: 2 });
    const [copied] = readFileSync(file, 'utf8').trim().split('\n');
    expect(JSON.parse(copied).generated_queries.en).toEqual(['a', 'b']);
  });

  it('has queries for a passage of its id and text only', async () => {
    const { text } = passage('p1');
    const generator = await opened('q.jsonl', [
      { ...row('p1', { ar: ['أ'] }), text: `${text.replace(' ', '\n ')} ` },
      // Data sets number their passages alike.
      { ...row('p2', { ar: ['ب'] }), text: 'another text' },
      { docid: 'p3', generated_queries: { ar: ['ج'] } },
    ]);
    const has = (id: string) => generator.has(passage(id));
    expect(await Promise.all(['p1', 'p2', 'p3', 'p4'].map(has))).toEqual([
      ...[true, false, true, false],
    ]);
  });

  it.each([
    ['no JSON', [ROWS[0], '{"docid"'], 'line 2: not valid JSON'],
    ['no docid', [{ ...ROWS[0], docid: undefined }], 'line 1: no "docid"'],
    ['no queries', [{ docid: 'p1' }], 'no "generated_queries" by language for "p1"'],
    [
      'queries that are no texts',
      [row('p1', { ar: ['a', 3] })],
      'the queries in "ar" for "p1" are no list of texts',
    ],
    ['queries without language', [row('p1', ['a'])], 'no "generated_queries" by language'],
    ['a passage twice', [ROWS[0], '', ROWS[0]], 'line 3: the passage "p1" came before, in line 1'],
    ['nothing', [], 'it has no rows'],
  ])('refuses %s', async (_, rows, reason) => {
    await expect(RecordedGenerator.open([fileOf('q.jsonl', rows)])).rejects.toThrow(reason);
  });

  it('refuses a file that is missing, cut or not UTF-8', async () => {
    await expect(RecordedGenerator.open([join(folder(), 'q.jsonl')])).rejects.toThrow(
      'no such file',
    );
    const cut = fileOf('q.jsonl.gz', ROWS);
    writeFileSync(cut, readFileSync(cut).subarray(0, -12));
    await expect(RecordedGenerator.open([cut])).rejects.toMatchObject({
      code: 'XQG_RECORDED_FILE',
    });
    const latin = join(folder(), 'q.jsonl');
    writeFileSync(latin, Buffer.from('{"docid": "\xe9"}', 'latin1'));
    await expect(RecordedGenerator.open([latin])).rejects.toMatchObject({
      code: 'XQG_RECORDED_FILE',
    });
  });
});

describe('xqg index with recorded queries', () => {
  it.each(['q.jsonl', 'q.jsonl.gz'])(
    'of %s takes them, or those that a filter leaves',
    async (name) => {
      vi.stubEnv('XQG_CACHE', folder());
      onTestFinished(() => void vi.unstubAllEnvs());
      const good = 'Wer macht eigentlich den Honig?';
      const bad = 'Who is it that makes the honey?';
      const queries = fileOf(name, [row('p1', { de: [good, bad] })]);
      const passages = fileOf('p.jsonl', [{ id: 'p1', text: 'The bee makes honey.', lang: 'en' }]);
      const made = async (...more: string[]) => {
        const index = folder();
        const words = [
          'index',
          passages,
          '--index',
          index,
          '--generator',
          queries,
          '--queries',
          '2',
          ...more,
        ];
        const { code, stderr } = await xqg(...words);
        expect(code, stderr).toBe(0);
        const { hits } = JSON.parse(
          (
            await xqg(
              'search',
              good,
              '--index',
              index,
              '--lang',
              'de',
              '--mode',
              'lexical',
              '--json',
            )
          ).stdout,
        );
        expect(hits[0].id).toBe('p1');
        return {
          stderr,
          queries: JSON.parse((await xqg('queries', 'p1', '--index', index, '--json')).stdout),
        };
      };
      expect((await made()).queries.queries).toEqual({ de: [good, bad] });
      const kept = await made('--keep', 'language>=0.5');
      expect(kept.queries.queries).toEqual({ de: [good] });
      expect(kept.stderr).toMatch(/de: 1 of 2 generated queries kept \(1 below language\)/);
    },
  );
});

describe('recordQueries', () => {
  const generator = new LexiconGenerator(tinyPack());
  const passages = [
    { id: 'a', title: 'House', text: 'The house by the river, the people in it.', lang: 'en' },
    { id: 'b', title: '', text: 'Das Haus der Familie.', lang: 'de' },
    { id: 'c', title: '', text: 'Nothing known here.', lang: 'en' },
  ];

  it.each(['q.jsonl', 'q.jsonl.gz'])('writes %s as it is read again', async (name) => {
    const file = join(folder(), name);
    const written = await recordQueries(file, passages, generator, {
      queries: 3,
      seed: 7,
      batch: 2,
    });
    expect(written).toBe(3);
    const recorded = await RecordedGenerator.open([file]);
    onTestFinished(() => recorded.close());
    for (const lang of generator.languages) {
      const asked = passages.filter((each) => each.lang !== lang);
      expect(await recorded.draw(asked, lang, 3)).toEqual(await generator.draw(asked, lang, 3, 7));
    }
  });

  it('does not depend on the batch, and has no queries in the own language of a passage', async () => {
    const texts: string[] = [];
    for (const batch of [1, 2, 64]) {
      const file = join(folder(), 'q.jsonl.gz');
      await recordQueries(file, passages, generator, { batch });
      texts.push(gunzipSync(readFileSync(file)).toString());
    }
    expect(new Set(texts).size).toBe(1);
    const [, german] = texts[0]
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(german.docid).toBe('b');
    expect(Object.keys(german.generated_queries)).not.toContain('de');
    expect(writesIn(generator as Generator, 'de', 'de')).toBe(false);
    expect(statedIn(generator.identity)).toEqual({});
  });

  it('leaves no file behind when it fails', async () => {
    const directory = folder();
    const failing = {
      ...generator,
      languages: ['de'],
      identity: generator.identity,
      draw: () => Promise.reject(new Error('no model')),
    };
    const file = join(directory, 'q.jsonl');
    await expect(recordQueries(file, passages, failing)).rejects.toThrow('no model');
    expect([existsSync(file), readdirSync(directory)]).toEqual([false, []]);
  });
});
