/**
 * The other programs of the comparison, outside of the project's own dependencies: a Python
 * environment in .cache/peers/venv (or the one that $XQG_BENCH_VENV names) and npm packages in
 * .cache/peers.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const FOLDER = resolve('.cache', 'peers');
const HERE = import.meta.dirname;

/** The Python that has some of them, and the folder whose node_modules has the others. */
export function peers(): { python: string; node: string } {
  const venv = process.env.XQG_BENCH_VENV ?? join(FOLDER, 'venv');
  return { python: join(venv, 'bin', 'python'), node: FOLDER };
}

/** What Java needs to run Lucene; null without Maven and a compiler. */
export function lucene(): string[] | null {
  const jars = join(FOLDER, 'lucene');
  return existsSync(join(jars, 'LuceneSearcher.class'))
    ? ['-cp', `${jars}${delimiter}${join(jars, '*')}`]
    : null;
}

export function install(): void {
  const { python } = peers();
  mkdirSync(FOLDER, { recursive: true });
  if (!existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', join(FOLDER, 'venv')], { stdio: ['ignore', 2, 2] });
    const words = ['-m', 'pip', 'install', '--quiet', '-r', join(HERE, 'requirements.txt')];
    execFileSync(python, words, { stdio: ['ignore', 2, 2] });
  }
  if (!existsSync(join(FOLDER, 'node_modules', 'minisearch'))) {
    copyFileSync(join(HERE, 'package.json'), join(FOLDER, 'package.json'));
    const words = ['install', '--no-audit', '--no-fund', '--no-package-lock'];
    execFileSync('npm', words, { cwd: FOLDER, stdio: ['ignore', 2, 2] });
  }
  if (lucene() === null) installLucene(join(FOLDER, 'lucene'));
}

function installLucene(jars: string): void {
  const run = (command: string, words: readonly string[]): Buffer =>
    execFileSync(command, words, { stdio: ['ignore', 2, 2] });
  try {
    const pom = join(HERE, 'lucene', 'pom.xml');
    run('mvn', [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${jars}`,
    ]);
    run('javac', ['-cp', join(jars, '*'), '-d', jars, join(HERE, 'lucene', 'LuceneSearcher.java')]);
  } catch (error) {
    console.error(`Lucene is left out, it needs Maven and Java 17: ${(error as Error).message}`);
  }
}
