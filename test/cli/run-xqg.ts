/** Runs the command line in this process, or as a process of its own from dist/. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { tellFailure } from '../../src/cli/failure.js';
import { runProgram } from '../../src/cli/program.js';

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** As main.ts does, but within this process: stdout and stderr are caught. */
export async function xqg(...words: string[]): Promise<CommandOutput> {
  const output = { stdout: '', stderr: '', code: 0 };
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  stdout.write = ((text: string) => {
    output.stdout += text;
    return true;
  }) as typeof stdout.write;
  stderr.write = ((text: string) => {
    output.stderr += text;
    return true;
  }) as typeof stderr.write;
  try {
    await runProgram(words, new AbortController().signal);
  } catch (thrown) {
    tellFailure(thrown, words.includes('--json'));
    output.code = 1;
  } finally {
    [stdout.write, stderr.write] = writes;
  }
  return output;
}

/** The built executable; `npm test` builds before it tests. */
export const EXECUTABLE = resolve('dist/bin/xqg.js');

export function start(...words: string[]): { child: ChildProcess; ended: Promise<CommandOutput> } {
  const child = spawn(process.execPath, [EXECUTABLE, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = new Promise<CommandOutput>((done) => {
    child.on('close', (code) => done({ ...output, code: code ?? -1 }));
  });
  return { child, ended };
}
