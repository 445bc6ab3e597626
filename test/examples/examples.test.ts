/** Runs every example as a reader would. They import the built package by its name. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What each example prints. */
const OUTPUT: Readonly<Record<string, RegExp>> = {
  'experiment.mjs': /^# materials\n[\s\S]*dense\+xqg against dense: MRR[\s\S]*4 questions/,
  'glossary.mjs': /stefa: nothing without the glossary, housing with it/,
  'index-and-search.mjs':
    /Honig\? -> Bees: [\s\S]*море\? -> Tides: [\s\S]*膨らみますか -> Bread: [\s\S]*without .*0\.36\nwith .*0\.38/,
  'own-encoder.mjs': /^dvorak 0\.\d+\nkafka 0\.\d+\n$/,
  'own-generator.mjs': /^Was ist Leuchtturm\?\n[\s\S]*\nlighthouse\n$/,
  'server-and-client.mjs': /^owl\ndone\nowl frog\nXQG_INDEX_UNKNOWN [A-Z].*\n$/,
};

async function run(example: string): Promise<{ stdout: string; stderr: string; code: number }> {
  const child = spawn(process.execPath, [`examples/${example}`]);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const code = await new Promise<number>((resolve) => child.on('close', resolve));
  return { ...output, code };
}

describe('examples', () => {
  it('are all run here', () => {
    expect(readdirSync('examples').sort()).toEqual(Object.keys(OUTPUT));
  });

  it.each(Object.entries(OUTPUT))('%s prints what it promises', async (example, output) => {
    const { stdout, stderr, code } = await run(example);
    expect(stderr).not.toMatch(/Error|at file:/);
    expect(stdout).toMatch(output);
    expect(code).toBe(0);
  });
});
