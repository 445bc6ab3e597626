import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What docs/installing.md promises for Linux x64, in MB. */
const LARGEST_INSTALLATION = 700;

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const project = mkdtempSync(join(tmpdir(), 'xqg-package-'));
let packed: string[] = [];
/** The environment without what npm adds for the scripts of this project, its .npmrc among it. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|(INIT_CWD|XQG_ENCODER)$)/.test(name)),
);

function xqg(...words: string[]) {
  return spawnSync('npx', ['xqg', ...words], { cwd: project, encoding: 'utf8', env: outside });
}

beforeAll(() => {
  const told = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', project],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const [{ filename, files }] = JSON.parse(told) as [
    { filename: string; files: { path: string }[] },
  ];
  packed = files.map(({ path }) => path);
  const { overrides } = JSON.parse(
    /```json\n([\s\S]*?)```/.exec(readFileSync('docs/installing.md', 'utf8'))?.[1] ?? '',
  );
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, overrides }),
  );
  execFileSync('npm', ['install', '--prefer-offline', '--loglevel=error', `./${filename}`], {
    cwd: project,
    stdio: 'ignore',
    env: outside,
  });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed tarball', () => {
  it('holds the built code, the model, the base pack, the prompts and the licenses, and nothing else', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', 'dist/bin/xqg.js']),
    );
    expect(packed).toContain('packs/base/manifest.json');
    expect(
      packed.filter(
        (path) =>
          !/^(dist|packs|prompts|models)\/|^scripts\/preinstall\.mjs$|^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(packed.filter((path) => /\.map$|\.tsbuildinfo$|^packs\/full\//.test(path))).toEqual([]);
  });
});

describe('in an empty project', () => {
  it('prints its version', () => {
    const { stdout, status } = xqg('--version');
    expect(status).toBe(0);
    expect(stdout.trim()).toBe(version);
  });

  it('takes no more space than the documentation says', () => {
    expect(megabytes(join(project, 'node_modules'))).toBeLessThan(LARGEST_INSTALLATION);
  });

  it('has the runtime of models, without the CUDA libraries that its script would download', () => {
    const files = filesOf(join(project, 'node_modules', 'onnxruntime-node', 'bin'));
    expect(files.some((file) => file.endsWith('onnxruntime_binding.node'))).toBe(true);
    const providers = files.filter((file) => file.includes('_providers_'));
    expect(providers.filter((file) => statSync(file).size > 0)).toEqual([]);
  });

  it('indexes and finds across languages with the neural encoder', () => {
    writeFileSync(
      join(project, 'notes.jsonl'),
      [
        {
          id: 'bees',
          title: 'Bees',
          text: 'Honey bees collect nectar from flowers and make honey in the hive.',
          lang: 'en',
        },
        {
          id: 'trains',
          title: 'Trains',
          text: 'The express train leaves the station every morning at seven.',
          lang: 'en',
        },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    const indexed = xqg('index', 'notes.jsonl', '--index', 'idx');
    expect(indexed.stderr).not.toMatch(/XQG_/);
    expect(indexed.stderr).toContain('encoder e5 (');
    expect(indexed.status).toBe(0);
    for (const question of ['Wann fährt der Zug am Morgen?', 'O której odjeżdża pociąg?']) {
      const { stdout, status } = xqg('search', question, '--index', 'idx', '--json');
      expect(status).toBe(0);
      expect(JSON.parse(stdout).hits[0].id).toBe('trains');
    }
  });

  it('has the static encoder without the runtime, and says so', () => {
    const runtime = join(project, 'node_modules', 'onnxruntime-node');
    renameSync(runtime, `${runtime}.away`);
    try {
      const indexed = xqg('index', 'notes.jsonl', '--index', 'static');
      expect(indexed.status).toBe(0);
      expect(indexed.stderr).toContain('encoder static: onnxruntime-node cannot be loaded');
      const question = ['Wann fährt der Zug am Morgen?', '--json'];
      const found = xqg('search', ...question, '--index', 'static');
      expect(JSON.parse(found.stdout).hits[0].id).toBe('trains');
      const neural = xqg('search', ...question, '--index', 'idx');
      expect(JSON.parse(neural.stdout).error.code).toBe('XQG_PACKAGE_MISSING');
      const { checks } = JSON.parse(xqg('doctor', '--json').stdout) as {
        checks: { name: string; verdict: string; remedy: string | null }[];
      };
      expect(checks.find(({ name }) => name === 'encoder')).toMatchObject({
        verdict: 'slow',
        remedy: expect.stringContaining('npm install onnxruntime-node'),
      });
    } finally {
      renameSync(`${runtime}.away`, runtime);
    }
    // With the runtime back, the index keeps the encoder that made it.
    const again = xqg('search', 'miel de abejas', '--index', 'static', '--json');
    expect(JSON.parse(again.stdout).hits[0].id).toBe('bees');
  });

  it('is a library', () => {
    writeFileSync(
      join(project, 'use.mjs'),
      `import { openIndex } from 'xqg';
       const index = await openIndex('idx');
       const { hits } = await index.search('miel de abejas', { lang: 'es', k: 1 });
       console.log(hits[0].id);
       await index.close();`,
    );
    expect(execFileSync('node', ['use.mjs'], { cwd: project, encoding: 'utf8' }).trim()).toBe(
      'bees',
    );
  });

  it('serves its page, and brings the client', async () => {
    const child = spawn('npx', ['xqg', 'serve', '--index', 'idx', '--port', '0', '--json'], {
      cwd: project,
      env: outside,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    const told = await new Promise<string>((done) =>
      child.stdout.once('data', (data) => done(String(data))),
    );
    const { address } = JSON.parse(told) as { address: string };
    try {
      expect(await (await fetch(address)).text()).toMatch(/<script type="module"/);
      const use = `import { XqgClient } from 'xqg/client';
        const answer = await new XqgClient({ address: '${address}' }).search('idx', { question: 'miel de abejas' });
        console.log(answer.with.hits[0].id);`;
      writeFileSync(join(project, 'ask.mjs'), use);
      expect(execFileSync('node', ['ask.mjs'], { cwd: project, encoding: 'utf8' }).trim()).toBe(
        'bees',
      );
    } finally {
      process.kill(-child.pid!, 'SIGTERM');
    }
  });
});

function megabytes(folder: string): number {
  return filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
