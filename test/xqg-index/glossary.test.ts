import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Glossary } from '../../src/pack/glossary/glossary.js';
import { openIndex } from '../../src/xqg-index.js';
import { xqg } from '../cli/run-xqg.js';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-terms-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Made-up words that no table has; nothing of one looks like the other. */
const CSV = 'en,de,fi,th,ar\nfrobnic valve,Quastorhahn,pylvimö säädin,กุมปะซีโด,محبس دلكوم\n';
const ROWS = [
  {
    id: 'valve',
    text: 'Grease the frobnic valve every spring, before the pump starts.',
    lang: 'en',
  },
  { id: 'pump', text: 'Grease the pump every spring, before the season starts.', lang: 'en' },
  { id: 'pool', text: 'The swimming pool opens in June and closes in September.', lang: 'en' },
  { id: 'house', text: 'Das Haus am Fluss hat eine neue Heizung bekommen.', lang: 'de' },
];
const QUESTIONS = {
  de: 'Wann fettet man den Quastorhahn?',
  fi: 'Milloin pylvimö säädin rasvataan?',
  th: 'กุมปะซีโด',
  ar: 'متى يُشحّم محبس دلكوم',
};

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function writeRows(rows: readonly object[] = ROWS): string {
  return write('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
}

async function index(name: string, ...more: string[]) {
  const dir = join(folder, name);
  const languages = ['--query-langs', 'ar,de,fi,th', '--json'];
  const told = await xqg(
    'index',
    join(folder, 'rows.jsonl'),
    '--index',
    dir,
    ...languages,
    ...more,
  );
  expect(told.code, told.stderr).toBe(0);
  return { dir, ...JSON.parse(told.stdout), stderr: told.stderr };
}

async function digestOf(dir: string): Promise<string> {
  const opened = await openIndex(dir);
  const digest = await opened.digest();
  await opened.close();
  return digest;
}

describe('an index with a glossary', () => {
  it('finds a made-up term in every language, in both legs, and shows it in queries', async () => {
    writeRows();
    const glossary = write('terms.csv', CSV);
    const { dir, stderr } = await index('with', '--glossary', glossary);
    expect(stderr).toContain('Glossary: 1 concept in ar de en fi th');
    rmSync(glossary);
    const plain = await index('without');
    const [withTerms, without] = await Promise.all([openIndex(dir), openIndex(plain.dir)]);
    for (const [lang, question] of Object.entries(QUESTIONS)) {
      for (const mode of ['dense', 'lexical'] as const) {
        const [now, before] = await Promise.all(
          [withTerms, without].map(async (each) => {
            const { hits } = await each.search(question, { lang, mode });
            return hits.find(({ id }) => id === 'valve')?.score ?? 0;
          }),
        );
        expect(now, `${lang} ${mode}`).toBeGreaterThan(before);
      }
      expect((await withTerms.search(question, { lang })).hits[0].id).toBe('valve');
    }
    await withTerms.close();
    await without.close();
    const { queries } = JSON.parse(
      (await xqg('queries', 'valve', '--index', dir, '--json')).stdout,
    );
    expect(queries.de.join(' ')).toContain('Quastorhahn');
    expect(queries.fi.join(' ')).toContain('pylvimö säädin');
    expect(JSON.stringify(queries)).not.toMatch(/_[0-9a-f]{6}_/);
    const status = JSON.parse((await xqg('status', '--index', dir, '--json')).stdout);
    expect(status.manifest.identity.glossary).toMatch(/^[0-9a-f]{64}$/);
  });

  it('overrides the tables', async () => {
    writeRows([
      { id: 'valve', text: 'Check the valve.', lang: 'en' },
      { id: 'tap', text: 'Check the tap.', lang: 'en' },
    ]);
    const asked = ['--lang', 'de', '--mode', 'lexical', '--json'];
    const first = async (dir: string, question: string) =>
      JSON.parse((await xqg('search', question, '--index', dir, ...asked)).stdout).hits.map(
        ({ id }: { id: string }) => id,
      );
    const plain = await index('without');
    expect(await first(plain.dir, 'Ventil')).toEqual(['valve']);
    const { dir } = await index(
      'with',
      '--glossary',
      write('terms.csv', 'en,de\ntap,Ventil\nvalve,Klappe\n'),
    );
    expect(await first(dir, 'Ventil')).toEqual(['tap']);
    expect(await first(dir, 'Klappe')).toEqual(['valve']);
  });

  it('indexes again only what another glossary touches, and is then as if made with it', async () => {
    writeRows();
    const { dir } = await index('grown');
    const added = await index('grown', '--glossary', write('terms.csv', CSV));
    expect(added.documents).toMatchObject({ indexed: 1, unchanged: 3 });
    const fresh = await index('fresh', '--glossary', join(folder, 'terms.csv'));
    expect(await digestOf(dir)).toBe(await digestOf(fresh.dir));
    // Remembered where none is named; a term that no document holds touches none.
    expect((await index('grown')).documents).toMatchObject({ indexed: 0, unchanged: 4 });
    const more = write('more.csv', `${CSV}unseen thing,Dingsbums,,,\n`);
    expect((await index('grown', '--glossary', more)).documents).toMatchObject({
      indexed: 0,
      unchanged: 4,
    });
    expect(readdirSync(dir).filter((name) => name.startsWith('glossary-'))).toHaveLength(1);
    const changed = write('changed.csv', `${CSV}swimming pool,Tauchbecken,,,\n`);
    expect((await index('grown', '--glossary', changed)).documents).toMatchObject({
      indexed: 1,
      unchanged: 3,
    });
    expect((await index('grown', '--glossary', 'none')).documents).toMatchObject({
      indexed: 2,
      unchanged: 2,
    });
    const plain = await index('plain');
    expect(await digestOf(dir)).toBe(await digestOf(plain.dir));
    expect(readdirSync(dir).filter((name) => name.startsWith('glossary-'))).toHaveLength(0);
  });

  it('is refused for searching with another glossary, and where its glossary is damaged', async () => {
    writeRows();
    const { dir } = await index('with', '--glossary', write('terms.csv', CSV));
    const other = await openIndex(dir, { glossary: new Glossary([{ en: ['a b'], de: ['c'] }]) });
    await expect(other.search('x')).rejects.toMatchObject({ code: 'XQG_INDEX_IDENTITY' });
    await other.close();
    const [name] = readdirSync(dir).filter((file) => file.startsWith('glossary-'));
    writeFileSync(join(dir, name), '[{"en": ["x"]}]');
    await expect(openIndex(dir)).rejects.toMatchObject({ code: 'XQG_INDEX_DAMAGED' });
    const bad = await xqg(
      'index',
      join(folder, 'rows.jsonl'),
      '--index',
      dir,
      '--glossary',
      write('bad.csv', 'en\n'),
    );
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('XQG_GLOSSARY');
  });
});

describe('a chat generator with a glossary', () => {
  let server: OpenAiServer;
  beforeEach(async () => {
    server = await startOpenAiServer();
    vi.stubEnv('XQG_CACHE', join(folder, 'cache'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  it('names the terms of a passage in its prompt, and asks again only for what is touched', async () => {
    writeRows();
    server.reply = ({ response_format }) => {
      const { required } = response_format.json_schema.schema;
      return JSON.stringify(
        Object.fromEntries(required.map((lang: string) => [lang, [`${lang}?`]])),
      );
    };
    const endpoint = write('endpoint.json', JSON.stringify({ url: server.url }));
    const asked = ['--generator', 'openai:chatty', '--endpoint', endpoint, '--queries', '1'];
    await index('chat', ...asked);
    const before = server.requests.length;
    expect(before).toBe(4);
    await index('chat', ...asked, '--glossary', write('terms.csv', CSV));
    const contents = server.requests.slice(before).map(({ messages }) => messages[0].content);
    expect(contents).toHaveLength(1);
    expect(contents[0]).toContain(
      'Use these terms: frobnic valve = محبس دلكوم (ar), Quastorhahn (de)',
    );
    expect(readFileSync('prompts/chat.txt', 'utf8')).toContain('{glossary}');
  });
});
