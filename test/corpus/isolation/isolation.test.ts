/** A file of a stranger costs that file, within limits, and nothing else. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReadOptions, readCorpus } from '../../../src/corpus/read-corpus.js';
import { READERS } from '../../../src/corpus/readers/readers.js';
import { pdfOf } from '../../base/bytes.js';
import { DEEP, SPINNING, swellingPdf } from './hostile-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-isolation-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, data: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, data);
  return path;
}

/** Everything in its order: ids, failures, skips. */
async function eventsOf(options: ReadOptions = {}): Promise<string[]> {
  const events: string[] = [];
  const nameOf = (path: string): string => path.slice(folder.length + 1);
  for await (const { id } of readCorpus([folder], {
    onFailure: (path, { code }) => events.push(`${nameOf(path)} ${code}`),
    onSkip: (path, reason, line) => events.push(`${nameOf(path)} ${reason} ${line ?? ''}`.trim()),
    onNote: (path, note) => events.push(`${nameOf(path)} ${note}`),
    ...options,
  }))
    events.push(id);
  return events;
}

describe('a file that takes too much', { timeout: 300_000 }, () => {
  // A Markdown file and a PDF of 4 kB once kept indexing busy for ever; neither Ctrl-C nor SIGTERM
  // did anything.
  it('is set aside by its name, and the others are read', async () => {
    put('a.md', '# A\n\nBees.');
    put('b.md', SPINNING);
    put('c.pdf', pdfOf(['Honey.']));
    put('e.txt', 'Flowers.');
    put('f.md', DEEP);
    put('g.html', '<h1>G</h1>');
    expect(await eventsOf({ limits: { seconds: 5 } })).toEqual([
      'a.md',
      'b.md XQG_CORPUS_OVER_TIME',
      'c.pdf',
      'e.txt',
      'f.md',
      'g.html',
    ]);
  });

  // A PDF of 4 kB took 3.1 GB.
  it('is set aside before it fills the memory', async () => {
    put('a.pdf', pdfOf(['Honey.']));
    put('b.pdf', swellingPdf(700_000_000));
    put('c.pdf', pdfOf(['Flowers.']));
    expect(await eventsOf({ limits: { seconds: 100, memoryBytes: 400e6 } })).toEqual([
      'a.pdf',
      'b.pdf XQG_CORPUS_OVER_MEMORY',
      'c.pdf',
    ]);
  });

  it('says what it takes, and how to allow more', async () => {
    const path = put('b.md', SPINNING);
    const reading = async (): Promise<void> => {
      for await (const _ of readCorpus([path], { limits: { seconds: 1 } }));
    };
    await expect(reading()).rejects.toMatchObject({
      message: `${path} takes more than 1 seconds to read as Markdown.`,
      remedy: expect.stringContaining('--file-seconds'),
    });
  });

  it('ends at once when nobody waits for it any longer', async () => {
    put('a.md', '# A');
    put('b.md', SPINNING);
    const stopping = new AbortController();
    const events: string[] = [];
    for await (const { id } of readCorpus([folder], { signal: stopping.signal })) {
      events.push(id);
      void setTimeout(500).then(() => stopping.abort());
    }
    expect(events).toEqual(['a.md']);
    await setTimeout(200);
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });

  it.runIf(process.platform === 'linux')('ends with the run that waits for it', async () => {
    const path = put('b.md', SPINNING);
    const run = spawn(process.execPath, [
      ...process.execArgv,
      'test/corpus/isolation/reading-child.ts',
      path,
    ]);
    const children = (): string[] =>
      readFileSync(`/proc/${run.pid}/task/${run.pid}/children`, 'utf8').trim().split(' ');
    let [reader] = children();
    while (!reader || !isSpinning(reader)) {
      await setTimeout(50);
      [reader] = children();
    }
    run.kill('SIGKILL');
    while (isSpinning(reader)) await setTimeout(20);
  });
});

/** True once a process has used half a second beyond its start, until it is gone. */
function isSpinning(pid: string): boolean {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return fields[0] !== 'Z' && Number(fields[11]) > TICKS;
  } catch {
    return false;
  }
}
const TICKS = 300;

describe('a process that reads', { timeout: 300_000 }, () => {
  it('gives what the reader gives, in its order, however much there is', async () => {
    const paragraphs = Array.from({ length: 900 }, (_, i) => ({
      context: i % 7 === 0 ? ' ' : `Paragraph ${i}. ${'Bees make honey. '.repeat(i % 50)}`,
    }));
    put('many.json', JSON.stringify({ data: [{ title: 'T', paragraphs }] }));
    put(
      'b.html',
      Buffer.from('<p>Gr\xfc\xdfe aus der B\xe4ckerei, sch\xf6ne Gr\xfc\xdfe.', 'latin1'),
    );
    put('c.pdf', 'no PDF');
    put('d.docx', 'no archive');
    const own = await eventsOf({ readers: READERS.map((reader) => ({ ...reader })) });
    expect(own.length).toBeGreaterThan(900);
    expect(await eventsOf()).toEqual(own);
  });

  it('reads what was being read when a job died behind all others', async () => {
    const first = put('a.md', '# A');
    put('b.txt', 'B.');
    expect(await eventsOf({ last: new Set([first]) })).toEqual(['b.txt', 'a.md']);
  });
});
