/**
 * Every regular expression that a server reads foreign text with takes linear time. A key that sent
 * metadata of long digit strings kept the filter of another one busy for minutes, and nothing could
 * end it: a quadratic expression. Each is tried on long texts of pieces that it nearly matches.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../src/', import.meta.url).pathname;
/** Characters of a text: first of a short one, then, where that took long, of a long one. */
const SHORT = 2000;
const LONG = 40_000;
/** A linear expression takes a fraction of the first, a quadratic one more than both. */
const SUSPICIOUS_MS = 2;
const ALLOWED_MS = 150;

/** What reads requests, and what others wrote into an index, in the process of a server. */
const FOLDERS = ['base', 'expand', 'languages', 'search', 'server', 'store'];

const SINGLES = [
  ...' \t\n\r0aAz_.-,:;\'"`<>/\\|#*+=()[]{}!?$&@~%^\u00ad\u0301é中アไ',
  '1.',
  'a ',
  ' \n',
  '\n\n',
  "a'",
  '. ',
];

interface Expression {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

function expressionsOf(file: string): Expression[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const line = parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ file, line, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

/** Literal pieces of an expression, such as `<noscript` and `{/*`. */
function literalsOf(source: string): string[] {
  const plain = source.replace(/\\([^a-zA-Z0-9])/g, '$1');
  return [...plain.matchAll(/[^\\()[\]?+|^$\s]{2,}/g)].map(([piece]) => piece);
}

/** Pieces of texts that match, up to every character. */
function nearMatches({ source, flags }: Expression): string[] {
  try {
    // Classes of Unicode take long to sample, and tell no more than these.
    const plain = source.replace(/\\p\{[^}]*\}/g, 'a');
    const matching = fc.stringMatching(new RegExp(plain, flags.replace(/[gyimd]/g, '')));
    const texts = fc.sample(matching, { numRuns: 2, seed: 1 });
    return texts.flatMap((text) => {
      const step = Math.max(1, Math.floor(text.length / 12));
      return Array.from({ length: Math.ceil(text.length / step) }, (_, i) =>
        text.slice(0, (i + 1) * step),
      );
    });
  } catch {
    // Assertions are not sampled: their literals are.
    return [];
  }
}

/** Makes texts of a length that the expression nearly matches. */
function textsFor(expression: Expression): ((length: number) => string)[] {
  const literals = literalsOf(expression.source);
  const pieces = new Set([
    ...SINGLES,
    ...literals,
    ...literals.flatMap((literal) => ['>', ' ', 'x', '"', '\n'].map((end) => literal + end)),
    ...nearMatches(expression),
  ]);
  const repeated = [...pieces]
    .filter((piece) => piece !== '')
    .flatMap((piece) => {
      const long = (length: number): string => piece.repeat(Math.ceil(length / piece.length));
      return [
        (length: number) => `${long(length)}\n\u0001`,
        (length: number) => `a${long(length)}\u0001`,
      ];
    });
  const opened = literals.flatMap((literal) =>
    [' ', 'a', '0', '\n', '"', '<'].map((single) => (n: number) => literal + single.repeat(n)),
  );
  return [...repeated, ...opened];
}

/** Time of the processor, since the machine may have other work. */
const context = createContext({ now: () => process.cpuUsage().user / 1000 });
const run = new Script(`{
  const expression = new RegExp(source, flags);
  texts.map((text) => {
    const started = now();
    text.replace(expression, '');
    return now() - started;
  });
}`);

/** Milliseconds for each text; all of them too many where it had to be ended. */
function timesOf({ source, flags }: Expression, texts: string[], timeout: number): number[] {
  Object.assign(context, { source, flags: flags.includes('g') ? flags : `${flags}g`, texts });
  try {
    return run.runInContext(context, { timeout }) as number[];
  } catch {
    return texts.map(() => Number.POSITIVE_INFINITY);
  }
}

/** A text on which the expression is slow, if there is one. */
function slowText(expression: Expression): string | undefined {
  const texts = textsFor(expression);
  const short = texts.map((text) => text(SHORT));
  const times = timesOf(expression, short, 10_000);
  const suspicious = texts.filter((_, i) => times[i] >= SUSPICIOUS_MS);
  const isSlow = (text: string): boolean => timesOf(expression, [text], 2000)[0] >= ALLOWED_MS;
  return suspicious.map((text) => text(LONG)).find(isSlow);
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
);

describe('a regular expression of super-linear cost', () => {
  it('is found by this test', () => {
    const expression = (source: string) => ({ file: '', line: 0, source, flags: '' });
    for (const source of ['^(\\d+\\.?\\d*|\\.\\d+)$', '\\s+$', '<b>[^]*?<\\/b>', '^(a+)+$'])
      expect(slowText(expression(source)), source).toBeDefined();
    expect(slowText(expression('^(\\d+(\\.\\d*)?|\\.\\d+)$'))).toBeUndefined();
  });

  it('is nowhere in the sources', { timeout: 300_000 }, () => {
    const slow = files.flatMap(expressionsOf).flatMap((expression) => {
      const text = slowText(expression);
      if (text === undefined) return [];
      const { file, line, source } = expression;
      return [`${file}:${line} /${source}/ on ${JSON.stringify(text.slice(0, 40))}...`];
    });
    expect(slow).toEqual([]);
  });
});
