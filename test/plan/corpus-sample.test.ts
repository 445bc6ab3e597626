import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleCorpus, spread } from '../../src/plan/corpus-sample.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-sample-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe('the sample of a corpus', () => {
  it('counts a small corpus exactly, with the sentences that have vectors of their own', async () => {
    write('one.txt', 'The harbor is closed in winter.');
    write('two.txt', 'The gate opens at nine. It closes at five. Dogs stay outside.');
    const { passages, texts, sentences } = await sampleCorpus([folder]);
    expect(passages).toBe(2);
    expect(texts).toHaveLength(2);
    expect(sentences.map(({ text }) => text.trim())).toEqual([
      'The gate opens at nine.',
      'It closes at five.',
      'Dogs stay outside.',
    ]);
  });

  it('estimates a large file by its bytes, whatever the rows have beside their text', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      _id: `row-${i}`,
      title: `The title of number ${i}`,
      metadata: { shelf: `shelf ${i % 7}` },
      text: 'Rain fell on the hills. '.repeat(1 + ((i * 7919) % 10)),
    }));
    write('corpus.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const { passages, texts } = await sampleCorpus([join(folder, 'corpus.jsonl')]);
    expect(texts.length).toBeLessThan(5000);
    expect(Math.abs(passages - 5000)).toBeLessThan(500);
  });

  it('cuts passages as the run does', async () => {
    write('long.txt', 'The river rises in spring. '.repeat(60));
    const { passages } = await sampleCorpus([folder], { maxTokens: 50 });
    expect(passages).toBe(6);
  });

  it('leaves it to the run to refuse a corpus', async () => {
    expect(await sampleCorpus([folder])).toEqual({ passages: 1, texts: [], sentences: [] });
  });

  it('spreads over all', () => {
    expect(spread([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([0, 2, 4, 6]);
    expect(spread([1], 4)).toEqual([1]);
  });
});
