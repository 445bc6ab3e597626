import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { xqg } from './run-xqg.js';

const root = mkdtempSync(join(tmpdir(), 'xqg-cli-sentences-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = join(root, 'text.txt');
writeFileSync(file, 'The river is wide. The bridge is old. The school is new.\n');

describe('xqg index', () => {
  it('encodes sentences when it is told to, and xqg status counts them', async () => {
    const dir = join(root, 'with');
    const index = (...words: string[]) => xqg('index', file, '--index', dir, ...words);
    expect((await index('--sentences')).code).toBe(0);
    const status = await xqg('status', '--index', dir);
    expect(status.stdout).toMatch(/^sentences +3 encoded, [\d,.]+ k?B a passage$/m);
    const { sentences, manifest } = JSON.parse(
      (await xqg('status', '--index', dir, '--json')).stdout,
    );
    const { dim } = manifest.identity.encoder;
    expect(sentences).toEqual({ count: 3, bytesPerPassage: 3 * (4 + dim) });
    expect((await index()).code).toBe(0);
    const refused = await index('--no-sentences');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('XQG_INDEX_SENTENCES');
    expect(refused.stderr).toContain('give --sentences');
  });

  it('does not with the static encoder by default', async () => {
    const dir = join(root, 'without');
    expect((await xqg('index', file, '--index', dir)).code).toBe(0);
    const status = await xqg('status', '--index', dir);
    expect(status.stdout).toMatch(/^sentences +not encoded$/m);
    const { sentences } = JSON.parse((await xqg('status', '--index', dir, '--json')).stdout);
    expect(sentences).toBeNull();
    const refused = await xqg('index', file, '--index', dir, '--sentences');
    expect(refused.stderr).toContain('XQG_INDEX_SENTENCES');
  });
});
