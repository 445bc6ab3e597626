/**
 * What people see where data of an evaluation or experiment is wrong: one message that names the
 * place and what to do.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePack } from '../support/pack-folder.js';
import { xqg } from './run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-bad-'));
const pack = writePack(join(home, 'pack'));
afterAll(() => rmSync(home, { recursive: true }));

const write = (name: string, content: string | Buffer) => {
  mkdirSync(join(home, name, '..'), { recursive: true });
  writeFileSync(join(home, name), content);
  return join(home, name);
};

function squad(lang: string, ids: readonly string[]): string {
  const paragraphs = ids.map((id, i) => ({
    context: `${lang} ${i} bee`,
    qas: [{ id, question: 'bee?', answers: [{ text: lang, answer_start: 0 }] }],
  }));
  return JSON.stringify({ data: [{ title: 't', paragraphs }] });
}

async function refused(...words: string[]): Promise<string> {
  const { code, stderr, stdout } = await xqg(...words);
  expect([code, stdout]).toEqual([1, '']);
  return stderr;
}

function experiment(name: string, data: string): Promise<string> {
  const file = write(
    `${name}.yaml`,
    `name: ${name}
data: [${data}]
primary: { data: xquad, setting: to-english, metric: MRR, baseline: dense, system: dense+xqg }
encoders: ["static:${pack}"]
generators: ["lexicon:${pack}"]
`,
  );
  return refused(
    'experiment',
    'run',
    file,
    '--out',
    join(home, 'out'),
    '--store',
    join(home, 'store'),
  );
}

beforeAll(() => {
  write('qrels.txt', 'q1 0 d1 1\nq2 0 d2 1\n');
});

describe('a data file', () => {
  it('that is truncated is named', async () => {
    const whole = squad('en', ['a', 'b']);
    write('cut/xquad.en.json', whole.slice(0, whole.length / 2));
    write('cut/xquad.de.json', squad('de', ['a', 'b']));
    const told = await experiment('cut', '{ set: xquad, path: cut, settings: [to-english] }');
    expect(told).toMatch(/xquad\.en\.json/);
    expect(told).toMatch(/Download the file again/);
    const packed = gzipSync(`${'q1 Q0 d1 1 2.0 t\n'.repeat(1)}${'q1 Q0 d2 2 1.0 t\n'}`);
    const run = write('cut.run.gz', packed.subarray(0, packed.length - 6));
    expect(
      await refused('evaluate', 'run', '--qrels', join(home, 'qrels.txt'), '--run', run),
    ).toMatch(/cut\.run\.gz/);
  });

  it('that lacks a language or a question says which', async () => {
    write('lacks/xquad.en.json', squad('en', ['a', 'b']));
    write('lacks/xquad.de.json', squad('de', ['a', 'c']));
    const other = await experiment('lacks', '{ set: xquad, path: lacks, settings: [to-english] }');
    expect(other).toMatch(/de and en differ: question "b" is missing/);
    const absent = await experiment(
      'absent',
      '{ set: xquad, path: lacks, settings: [to-english], langs: [en, th] }',
    );
    expect(absent).toMatch(/no file for th/);
    expect(absent).toMatch(/It has de, en/);
    write('alone/xquad.de.json', squad('de', ['a']));
    const none = await experiment('alone', '{ set: xquad, path: alone, settings: [to-english] }');
    expect(none).toMatch(/has no question for the setting to-english/);
  });
});

describe('a run', () => {
  const evaluate = (run: string, qrels = 'qrels.txt') => [
    'evaluate',
    'run',
    ...['--qrels', join(home, qrels), '--run', write('x.run', run)],
  ];

  it('with a passage twice is refused with its line', async () => {
    const told = await refused(...evaluate('q1 Q0 d1 1 2 t\nq1 Q0 d2 2 1 t\nq1 Q0 d1 3 0 t\n'));
    expect(told).toMatch(/x\.run.*3.*"?d1"?.*is repeated/s);
  });

  it('with unknown and missing queries is measured, and they are told', async () => {
    const { code, stderr } = await xqg(...evaluate('q1 Q0 d1 1 2 t\nq9 Q0 d1 1 2 t\n'));
    expect(code).toBe(0);
    expect(stderr).toMatch(/1 of 2 queries of the qrels are not in the run and count 0/);
    expect(stderr).toMatch(/1 queries of the run are not in the qrels and are ignored/);
  });

  it('is not measured without judgments', async () => {
    write('empty.txt', '\n');
    expect(await refused(...evaluate('q1 Q0 d1 1 2 t\n', 'empty.txt'))).toMatch(
      /empty\.txt.*it has no judgments/s,
    );
  });
});
