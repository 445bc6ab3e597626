import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePack } from '../support/pack-folder.js';
import { ROWS } from './rows.js';
import { xqg } from './run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-cli-'));
const pack = join(home, 'pack');
const corpus = join(home, 'corpus');
const dir = join(home, 'index');
const here = ['--index', dir, '--pack', pack];

beforeAll(async () => {
  writePack(pack);
  mkdirSync(corpus);
  writeFileSync(join(corpus, 'rows.jsonl'), ROWS.map((row) => JSON.stringify(row)).join('\n'));
  const { code, stdout } = await xqg('index', corpus, ...here);
  expect(code).toBe(0);
  expect(stdout).toContain('4 documents indexed as 4 passages');
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('xqg index', () => {
  it('does nothing the second time', async () => {
    const { stdout } = await xqg('index', corpus, ...here, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'complete',
      documents: { indexed: 0, unchanged: 4, removed: 0, failed: 0 },
    });
  });

  it('drops what is gone, takes what is new, and ends in the same content as when made at once', async () => {
    const [folder, changing, fresh] = ['moving', 'changing', 'fresh'].map((name) =>
      join(home, name),
    );
    mkdirSync(folder);
    const write = (rows: readonly object[]) =>
      writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    write(ROWS.slice(0, 3));
    await xqg('index', folder, '--index', changing, '--pack', pack);
    write(ROWS.slice(1));
    const { stdout } = await xqg('index', folder, '--index', changing, '--pack', pack);
    expect(stdout).toContain('1 document indexed as 1 passage, 2 unchanged, 1 removed');
    await xqg('index', folder, '--index', fresh, '--pack', pack);
    const digests = [];
    for (const index of [changing, fresh])
      digests.push(await xqg('status', '--index', index, '--digest'));
    expect(digests[0].stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(digests[0].stdout).toBe(digests[1].stdout);
  });

  it('keeps what is readable, names what is not with its place, and fails', async () => {
    const folder = join(home, 'partly');
    mkdirSync(folder);
    writeFileSync(join(folder, 'good.txt'), 'The moon shines at night.');
    writeFileSync(join(folder, 'bad.jsonl'), '{"id": "a", "text": "Water."}\n{"id": \n');
    const { code, stdout, stderr } = await xqg(
      'index',
      folder,
      '--index',
      join(home, 'partly-index'),
      '--pack',
      pack,
      '--json',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/bad\.jsonl.*2/);
    expect(stderr).toContain('XQG_INDEX_INCOMPLETE');
    expect(stderr).toContain('Run the same command again');
    const result = JSON.parse(stdout);
    expect(result.documents).toMatchObject({ indexed: 2, failed: 1 });
    expect(result.error.code).toBe('XQG_INDEX_INCOMPLETE');
    expect(result.error.message).toContain('2 of 3 documents are indexed, 1 set aside');

    // The index is sound: nothing about it is broken, and what is missing is named again.
    const doctor = await xqg('doctor', '--index', join(home, 'partly-index'), '--json');
    const { checks } = JSON.parse(doctor.stdout);
    expect(checks.find(({ name }: { name: string }) => name === 'index')).toMatchObject({
      verdict: 'partly',
      detail: expect.stringMatching(/1 of 3 documents were set aside, the first: .*bad\.jsonl/),
    });
    const status = await xqg('status', '--index', join(home, 'partly-index'));
    expect(status.stdout).toMatch(/set aside +.*bad\.jsonl/);
    expect(status.stdout).toMatch(/complete, 1 of 3 documents set aside/);
  });

  it('names what it left out: at the end of the run, in status and in doctor', async () => {
    const folder = join(home, 'left-out');
    mkdirSync(folder);
    writeFileSync(join(folder, 'good.txt'), 'The moon shines at night.');
    writeFileSync(join(folder, 'latin.txt'), Buffer.from('Der Mond scheint schön.', 'latin1'));
    writeFileSync(join(folder, 'notes.xyz'), 'Notes.');
    const place = ['--index', join(home, 'left-out-index')];
    const { code, stderr } = await xqg('index', folder, ...place, '--pack', pack);
    expect(code).toBe(0);
    const doctor = await xqg('doctor', ...place, '--json');
    const texts = JSON.parse(doctor.stdout).checks.find(
      ({ name }: { name: string }) => name === 'texts',
    );
    const status = (await xqg('status', ...place)).stdout;
    for (const text of [stderr, texts.detail, status]) {
      expect(text).toMatch(/latin\.txt.*: read as windows-1252, which it does not say/);
      expect(text).toMatch(/notes\.xyz.*: no reader knows the format/);
    }
    expect(texts.verdict).toBe('partly');
    expect(status).toMatch(/skipped +1 no reader knows the format/);
  });
});

describe('xqg search', () => {
  it.each([
    ['ar', 'قطار صباح', 'trains'],
    ['ru', 'пчела мёд', 'bees'],
    ['de', 'Brot Ofen', 'bread'],
    ['en', 'moon river', 'fluss'],
  ])('finds across languages: %s', async (lang, question, id) => {
    const { stdout } = await xqg('search', question, ...here, '--lang', lang, '--json');
    const { hits, languages } = JSON.parse(stdout);
    expect(languages).toEqual([{ lang, weight: 1 }]);
    expect(hits[0].id).toBe(id);
    expect(hits[0].rank).toBe(1);
  });

  it('detects the language and says so', async () => {
    const { stdout } = await xqg('search', 'пчела мёд', ...here, '--json');
    const { language, languages } = JSON.parse(stdout);
    expect(language).toBe('detected');
    expect(languages[0].lang).toBe('ru');
  });

  it('prints text that no right-to-left word can turn around', async () => {
    const { stdout } = await xqg('search', 'قطار', ...here, '--lang', 'ar', '--k', '1');
    expect(stdout).toContain('alpha_eff');
    expect(stdout).toContain('\u2068Trains\u2069');
    expect(stdout.split('\n').filter((line) => line.includes('Bees'))).toEqual([]);
  });

  it('shows both rankings side by side with the moves', async () => {
    const { stdout } = await xqg(
      'search',
      'قطار صباح',
      ...here,
      '--lang',
      'ar',
      '--augment',
      'both',
    );
    expect(stdout).toMatch(/with\s+without\s+move/);
    expect(stdout).toMatch(/ 1 +\d+ +(=|\+\d+) +en +\u2068Trains/);
    const both = JSON.parse(
      (await xqg('search', 'قطار صباح', ...here, '--augment', 'both', '--json')).stdout,
    );
    expect(both.with.augmentation.name).toBe('unit');
    expect(both.without.augmentation).toBeNull();
  });

  it('writes the same TREC run for a batch as for single questions', async () => {
    const questions = join(home, 'questions.jsonl');
    const run = join(home, 'out.run');
    writeFileSync(
      questions,
      '{"_id": "q1", "text": "Brot Ofen", "lang": "de"}\n{"id": "q2", "text": "قطار صباح"}\n',
    );
    const { stderr, stdout } = await xqg(
      'search',
      '--queries',
      questions,
      '--run',
      run,
      ...here,
      '--tag',
      'mine',
    );
    expect(stdout).toBe('');
    expect(stderr).toContain('2 questions');
    const lines = readFileSync(run, 'utf8').trim().split('\n');
    expect(lines[0]).toMatch(/^q1 Q0 bread 1 \S+ mine$/);
    const single = JSON.parse((await xqg('search', 'قطار صباح', ...here, '--json')).stdout);
    expect(lines.filter((line) => line.startsWith('q2')).map((line) => line.split(' ')[2])).toEqual(
      single.hits.map(({ id }: { id: string }) => id),
    );
  });

  it('warns of a language that the pack does not know, and searches all the same', async () => {
    const { stderr, stdout, code } = await xqg(
      'search',
      'train',
      ...here,
      '--lang',
      'sw',
      '--json',
    );
    expect(stderr).toContain('does not know Swahili (sw)');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).hits[0].id).toBe('trains');
  });
});

describe('xqg explain', () => {
  it('shows the passage, the generated queries and the words behind a hit', async () => {
    const { stdout } = await xqg('explain', 'قطار صباح', 'trains', ...here, '--lang', 'ar');
    expect(stdout).toContain('rank 1');
    expect(stdout).toContain('the passage itself');
    expect(stdout).toContain('generated queries in ar');
    expect(stdout).toMatch(/\u2068قطار\u2069 {2}generated from \u2068train\u2069/);
    const pulled = await xqg(
      'explain',
      'قطار صباح',
      'trains',
      ...here,
      '--feedback',
      '0.5',
      '--json',
    );
    expect(JSON.parse(pulled.stdout).dense.toward).toMatchObject({ weight: 0.5 });
    const off = JSON.parse(
      (await xqg('explain', 'قطار صباح', 'trains', ...here, '--augment', 'off', '--json')).stdout,
    );
    expect(off.augmentation).toBeNull();
    expect(off.lexical.score).toBeNull();
    expect(off.dense.languages).toEqual([]);
  });
});

describe('xqg queries', () => {
  it('shows the queries by language, not in the language of the passage', async () => {
    const { queries, lang } = JSON.parse((await xqg('queries', 'bees', ...here, '--json')).stdout);
    expect(lang).toBe('en');
    expect(Object.keys(queries)).toEqual(['ar', 'de', 'ru']);
    expect(queries.de).toHaveLength(5);
    expect(queries.de.join(' ')).toContain('Honig');
    expect((await xqg('queries', 'bees', ...here, '--langs', 'ar')).stdout).not.toContain('German');
  });
});

describe('xqg remove', () => {
  it('takes a document out, then all of a source', async () => {
    const index = join(home, 'removing');
    await xqg('index', corpus, '--index', index, '--pack', pack);
    expect((await xqg('remove', 'bees', '--index', index)).stdout).toContain('1 passage removed');
    const { stdout } = await xqg(
      'remove',
      '--source',
      corpus,
      '--index',
      index,
      '--purge',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({ passages: 3, purged: true });
    const { error } = JSON.parse((await xqg('remove', 'bees', '--index', index, '--json')).stdout);
    expect(error.code).toBe('XQG_NOTHING_REMOVED');
  });
});

describe('xqg status and doctor', () => {
  it('say what made the index and that it is well', async () => {
    const status = JSON.parse((await xqg('status', '--index', dir, '--json')).stdout);
    expect(status.passages).toBe(4);
    expect(status.manifest.identity.pack.name).toBe('tiny');
    expect((await xqg('status', '--index', dir)).stdout).toContain('tiny 1.0.0');
    const { checks } = JSON.parse((await xqg('doctor', ...here, '--json')).stdout);
    expect(checks.map(({ name }: { name: string }) => name)).toEqual([
      'node',
      'store',
      'scan',
      'encoder',
      'pack',
      'files',
      'index',
      'search',
      'disk',
    ]);
    expect(checks.filter(({ verdict }: { verdict: string }) => verdict === 'broken')).toEqual([]);
  });

  it('name a file with a flipped bit', async () => {
    const copied = join(home, 'flipped');
    cpSync(dir, copied, { recursive: true });
    const data = join(copied, 'store', 'passages-1.lance', 'data');
    const path = join(data, readdirSync(data)[0]);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 8;
    writeFileSync(path, bytes);
    const { code, stdout } = await xqg('doctor', '--index', copied, '--json');
    expect(code).toBe(1);
    const { checks } = JSON.parse(stdout);
    const files = checks.find(({ name }: { name: string }) => name === 'files');
    expect(files).toMatchObject({ verdict: 'broken', detail: expect.stringContaining(path) });
  });

  it('name what is broken and what mends it', async () => {
    const { code, stdout, stderr } = await xqg(
      'doctor',
      '--index',
      join(home, 'nothing'),
      '--pack',
      join(home, 'nothing'),
      '--json',
    );
    expect(code).toBe(1);
    const { checks, error } = JSON.parse(stdout);
    const broken = checks.filter(({ verdict }: { verdict: string }) => verdict === 'broken');
    expect(broken.map(({ name }: { name: string }) => name)).toEqual(['pack', 'index']);
    for (const { remedy } of broken) expect(remedy).not.toBeNull();
    expect(error.code).toBe('XQG_UNWELL');
    expect(stderr).toContain('XQG_UNWELL');
  });
});

describe('xqg pack', () => {
  it('tells what is in a pack', async () => {
    const { stdout } = await xqg('pack', 'info', pack);
    expect(stdout).toContain('tiny 1.0.0, Apache-2.0');
    expect(stdout).toMatch(/ru +12 +12/);
  });

  it('makes one with a language of the user', async () => {
    const [lexicon, bitext, out] = ['lexicon.tsv', 'bitext.tsv', 'own'].map((name) =>
      join(home, name),
    );
    writeFileSync(lexicon, 'bread\tmkate\nhoney\tasali\nbee\tnyuki\nmoon\tmwezi\n');
    writeFileSync(bitext, 'The bee makes honey.\tNyuki hutengeneza asali.\n');
    const training = [
      '--lang',
      'sw',
      '--lexicon',
      lexicon,
      '--bitext',
      bitext,
      '--extend',
      pack,
      '--out',
      out,
    ];
    expect((await xqg('pack', 'train', ...training)).code).toBe(0);
    const index = join(home, 'swahili');
    await xqg('index', corpus, '--index', index, '--pack', out);
    const { stdout } = await xqg(
      'search',
      'asali nyuki',
      '--index',
      index,
      '--pack',
      out,
      '--lang',
      'sw',
      '--json',
    );
    expect(JSON.parse(stdout).hits[0].id).toBe('bees');
    expect((await xqg('pack', 'train', ...training)).stderr).toContain('XQG_PACK_EXISTS');
  });
});

describe('a call that cannot be', () => {
  it.each([
    [['serch', 'x'], /unknown command 'serch' \(Did you mean search\?\)/],
    [
      ['search', 'x', '--index', 'i', '--agument', 'on'],
      /unknown option '--agument' \(Did you mean --augment\?\)/,
    ],
    [['search', 'x'], /required option '-i, --index <dir>' not specified/],
    [['search', '--index', 'i'], /Give either a question or --queries FILE/],
    [['search', ' ', '--index', 'i'], /The question is empty/],
    [[], /A command is missing/],
  ])('%j is refused with what it should be', async (words, message) => {
    const { code, stderr } = await xqg(...words);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/Run xqg.* --help/);
  });

  it('lists every bad option at once', async () => {
    const { stderr } = await xqg(
      'search',
      'x',
      ...here,
      '--alpha',
      '2',
      '--k',
      'many',
      '--mode',
      'fuzzy',
    );
    expect(stderr).toContain('--alpha "2" is more than 1');
    expect(stderr).toContain('--k "many" is not a number');
    expect(stderr).toContain('--mode "fuzzy" is not one of dense, lexical, hybrid');
  });

  it('is JSON for programs', async () => {
    const { stdout, code } = await xqg('search', 'x', '--index', join(home, 'nothing'), '--json');
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('XQG_INDEX_MISSING');
    expect(error.remedy).toContain('xqg index');
    expect(error.details.dir).toContain('nothing');
  });

  it('names a passage that is not there', async () => {
    expect((await xqg('queries', 'nobody', ...here)).stderr).toContain('no passage "nobody"');
  });
});
