/** Runs the command line in this process, or as a process of its own from dist/. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { tellFailure } from '../../src/cli/failure.js';
import { runProgram } from '../../src/cli/program.js';

export interface Told {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** As main.ts does, but within this process: stdout and stderr are caught. */
export async function xqg(...words: string[]): Promise<Told> {
  const told = { stdout: '', stderr: '', code: 0 };
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  stdout.write = ((text: string) => {
    told.stdout += text;
    return true;
  }) as typeof stdout.write;
  stderr.write = ((text: string) => {
    told.stderr += text;
    return true;
  }) as typeof stderr.write;
  try {
    await runProgram(words, new AbortController().signal);
  } catch (thrown) {
    tellFailure(thrown, words.includes('--json'));
    told.code = 1;
  } finally {
    [stdout.write, stderr.write] = writes;
  }
  return told;
}

/** The built executable; `npm test` builds before it tests. */
export const EXECUTABLE = resolve('dist/bin/xqg.js');

export function start(...words: string[]): { child: ChildProcess; ended: Promise<Told> } {
  const child = spawn(process.execPath, [EXECUTABLE, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told.stderr += text;
  });
  const ended = new Promise<Told>((done) => {
    child.on('close', (code) => done({ ...told, code: code ?? -1 }));
  });
  return { child, ended };
}
