/** The shape of the sources: what neither the linter nor the rules of imports check. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const MOST_FILES = 25;
const MOST_LINES = 400;
const MOST_COLUMNS = 100;
const CODE = ['.ts', '.svelte', '.mjs'];

const entries = readdirSync('src', { recursive: true, withFileTypes: true });
const ofFolders = new Map<string, string[]>();
for (const entry of entries) {
  if (!entry.isFile() || entry.parentPath.includes('/.')) continue;
  ofFolders.set(entry.parentPath, [...(ofFolders.get(entry.parentPath) ?? []), entry.name]);
}
const files = [...ofFolders].flatMap(([folder, names]) =>
  names
    .filter((name) => CODE.includes(extname(name)))
    .map((name) => ({ path: join(folder, name), lines: linesOf(join(folder, name)) })),
);

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

const isComment = (line: string): boolean => /^\s*(\/\/|\/\*|\*|<!--)/.test(line);

describe('the tree of the sources', () => {
  it('is all here', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  it(`has at most ${MOST_FILES} files in a folder`, () => {
    const crowded = [...ofFolders].filter(([, names]) => names.length > MOST_FILES);
    expect(crowded.map(([folder, names]) => `${folder}: ${names.length} files`)).toEqual([]);
  });

  it(`has at most ${MOST_LINES} lines in a file`, () => {
    const long = files.filter(({ lines }) => lines.length > MOST_LINES);
    expect(long.map(({ path, lines }) => `${path}: ${lines.length} lines`)).toEqual([]);
  });

  it(`wraps comments at ${MOST_COLUMNS} columns`, () => {
    const wide = files.flatMap(({ path, lines }) =>
      lines.flatMap((line, i) =>
        isComment(line) && [...line].length > MOST_COLUMNS ? [`${path}:${i + 1}`] : [],
      ),
    );
    expect(wide).toEqual([]);
  });

  it('leaves what a file must not import to the rules of imports', () => {
    const prose = files.filter(({ lines }) =>
      /^\s*(\/\*\*|\/\/|\*)\s*Knows /m.test(lines.join('\n')),
    );
    expect(prose.map(({ path }) => path)).toEqual([]);
  });
});
