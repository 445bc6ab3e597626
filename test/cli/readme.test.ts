import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language, text]) => ({
  language,
  text,
}));
const base = existsSync('packs/base/manifest.json');

describe('README', () => {
  it('begins with the two commands', () => {
    expect(blocks[0]).toEqual({
      language: 'sh',
      text: 'npm ci && npm run demo\nnpm ci && npm test\n',
    });
  });

  it('names only scripts, commands and options that are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, name] of readme.matchAll(/npm run ([\w:]+)/g))
      expect(scripts).toHaveProperty([name]);
    const program = createProgram(new AbortController().signal);
    const calls = blocks.flatMap(({ text }) => text.match(/^npx xqg .*$/gm) ?? []);
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      const words =
        call
          .replace(/\s+#.*$/, '')
          .match(/"[^"]*"|\S+/g)
          ?.slice(2) ?? [];
      const command = program.commands.find((known) => known.name() === words[0]);
      expect(command?.name()).toBe(words[0]);
      const options = command?.options.map(({ long }) => long);
      for (const word of words.filter((each) => each.startsWith('--')))
        expect(options).toContain(word);
    }
  });

  it.each([...readme.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)].map(([, path]) => path))(
    'links to what is there: %s',
    (path) => {
      expect(existsSync(path)).toBe(true);
    },
  );

  it.skipIf(!base)('shows a program that runs (needs packs/base)', () => {
    const example = blocks.find(({ language }) => language === 'js');
    const home = mkdtempSync(join(tmpdir(), 'xqg-readme-'));
    mkdirSync(join(home, 'node_modules'));
    symlinkSync(resolve('.'), join(home, 'node_modules', 'xqg'));
    writeFileSync(join(home, 'example.mjs'), example?.text ?? '');
    const told = execFileSync('node', ['example.mjs'], { cwd: home, encoding: 'utf8' });
    expect(told).toContain('bees Honey bees make honey');
    rmSync(home, { recursive: true });
  });
});
