import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewDocument, openIndex, type XqgIndex } from '../../src/index.js';
import { xqg } from '../cli/run-xqg.js';
import { writePack } from '../support/pack-folder.js';
import { sentenceDocuments, sentenceEncoder } from '../support/random-corpus.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-ann-'));
const pack = writePack(join(home, 'pack'));
const dir = join(home, 'index');
const WORDS = 'bee honey flower train station morning bread oven water river moon night'.split(' ');
let index: XqgIndex;

/** Six words each, so that many passages are near a question. */
function documents(n: number): NewDocument[] {
  return Array.from({ length: n }, (_, i) => ({
    id: `p${i}`,
    text: `${Array.from({ length: 6 }, (_, w) => WORDS[(i * (w + 3) + ((i * i) >> (w + 2))) % WORDS.length]).join(' ')} ${i}`,
    lang: 'en',
    metadata: { number: i },
  }));
}

beforeAll(async () => {
  index = await openIndex(dir, { create: true, pack });
  await index.add(documents(3000));
});

afterAll(async () => {
  await index.close();
  rmSync(home, { recursive: true });
});

describe('an ANN index', () => {
  it('is refused where it is demanded and there is none', async () => {
    await expect(index.search('Brot', { ann: true })).rejects.toMatchObject({
      code: 'XQG_ANN_MISSING',
    });
    expect((await index.search('Brot')).ann).toBeNull();
    expect((await index.status()).ann).toBeNull();
  });

  it('is built, measured on generated queries, and used by searches with any alpha', async () => {
    const shares: number[] = [];
    const record = await index.buildAnn({ recall: 0.9, onProgress: (share) => shares.push(share) });
    expect(record).toMatchObject({
      passages: 3000,
      profile: 'unit',
      alpha: 0.4,
      wantedRecall: 0.9,
    });
    expect(record.questions).toMatchObject({ kind: 'generated' });
    expect(record.recall.map(({ alpha }) => alpha)).toEqual([0.4, 0, 0.2, 0.8]);
    expect(record.recall[0].at10).toBeGreaterThanOrEqual(0.9);
    expect(shares.at(-1)).toBe(1);
    expect((await index.status()).ann).toEqual({ record, fits: true });
    const through = await index.search('Brot aus dem Ofen', {
      lang: 'de',
      mode: 'dense',
      ann: true,
    });
    expect(through.ann).toEqual({
      recall: record.recall[0].at10,
      measuredAlpha: 0.4,
      candidates: record.candidates,
    });
    const other = await index.search('Brot aus dem Ofen', {
      lang: 'de',
      mode: 'dense',
      alpha: 0.1,
    });
    expect(other.ann).toMatchObject({ measuredAlpha: 0, recall: record.recall[1].at10 });
    const exact = await index.search('Brot aus dem Ofen', {
      lang: 'de',
      mode: 'dense',
      alpha: 0.1,
      ann: false,
    });
    expect(exact.ann).toBeNull();
    const scores = new Map(exact.hits.map(({ id, score }) => [id, score]));
    for (const { id, score } of other.hits) if (scores.has(id)) expect(score).toBe(scores.get(id));
    const paper = await index.search('Brot', { lang: 'de', mode: 'dense', profile: 'paper' });
    expect(paper.ann).toMatchObject({ recall: null });
  });

  it('does not say that it was used where a narrow filter left few passages', async () => {
    const answer = await index.search('Brot', {
      lang: 'de',
      mode: 'dense',
      filters: ['number<50'],
    });
    expect(answer.ann).toBeNull();
    expect(answer.hits.length).toBe(10);
  });

  it('is the same when it is built again', async () => {
    const [first, second] = [
      await index.buildAnn({ recall: 0.9 }),
      await index.buildAnn({ recall: 0.9 }),
    ];
    expect(second.recall).toEqual(first.recall);
    expect(second.candidates).toBe(first.candidates);
    expect(readdirSync(join(dir, 'ann')).sort()).toEqual([second.files, 'ann.json'].sort());
  });

  it('is shown, dropped and missed by the commands', async () => {
    const here = ['--index', dir, '--pack', pack];
    const built = await xqg('ann', 'build', ...here, '--recall', '0.8', '--langs', 'de', '--json');
    expect(JSON.parse(built.stdout)).toMatchObject({ languages: [{ lang: 'de', weight: 1 }] });
    expect((await xqg('status', '--index', dir)).stdout).toMatch(
      /ann +\S+ [kM]B, alpha 0.4, recall@10 \d\.\d{3} on/,
    );
    const found = await xqg('search', 'Brot im Ofen', ...here, '--lang', 'de', '--mode', 'dense');
    expect(found.stdout).toMatch(/ANN: \d+ candidates, recall@10 \d\.\d{3} measured at alpha 0.4/);
    const exact = await xqg(
      'search',
      'Brot im Ofen',
      ...here,
      '--lang',
      'de',
      '--mode',
      'dense',
      '--exact',
    );
    expect(exact.stdout).not.toContain('ANN');
    expect((await xqg('search', 'Brot', ...here, '--ann', '--exact')).code).toBe(1);
    expect((await xqg('ann', 'drop', '--index', dir)).code).toBe(0);
    const again = await xqg('ann', 'drop', '--index', dir);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('XQG_ANN_MISSING');
  });

  it('is not used when it is damaged or the rows have changed: searches are exact and say so', async () => {
    for (const name of ['graph.usearch', 'vectors.f32', 'sums-de.quantized']) {
      const record = await index.buildAnn();
      truncateSync(join(dir, 'ann', record.files, name), 1000);
      await index.refresh();
      await expect(index.search('Brot', { ann: true })).rejects.toMatchObject({
        code: 'XQG_ANN_DAMAGED',
      });
      expect((await index.search('Brot', { lang: 'de' })).warnings.join()).toContain(
        'Searched exactly',
      );
    }
    await index.buildAnn();
    await index.add([{ id: 'new', text: 'The moon over the river.', lang: 'en' }]);
    await expect(index.search('Mond', { ann: true })).rejects.toMatchObject({
      code: 'XQG_ANN_STALE',
    });
    const answer = await index.search('Mond über dem Fluss', { lang: 'de' });
    expect(answer.ann).toBeNull();
    expect(answer.warnings.join()).toContain('xqg ann build');
    expect((await index.status()).ann).toMatchObject({ fits: false });
  });
});

describe('an ANN index without generated queries', () => {
  it('is measured on sentences of the passages', async () => {
    const plain = await openIndex(join(home, 'plain'), { create: true, pack, generator: null });
    await plain.add(documents(1200));
    const record = await plain.buildAnn({ recall: 0.5 });
    expect(record.questions.kind).toBe('passages');
    expect(record).toMatchObject({ alpha: 0, languages: [] });
    const { ann } = await plain.search('bread from the oven', { lang: 'en', mode: 'dense' });
    expect(ann).toMatchObject({ measuredAlpha: 0 });
    await plain.close();
  });
});

describe('an ANN index of passages with sentences, by an encoder with centroids', () => {
  const encoder = sentenceEncoder;
  const question = 'fi3 stem4 fi9';
  const options = { lang: 'fi', mode: 'dense', k: 20 } as const;
  const place = join(home, 'sentences');
  const settings = { create: true, pack, encoder, generator: null, sentences: true };
  let passages: XqgIndex;

  beforeAll(async () => {
    passages = await openIndex(place, settings);
    await passages.add(sentenceDocuments(1500));
  });
  afterAll(() => passages.close());

  it('is measured against the scores of searches, and its hits have them', async () => {
    const record = await passages.buildAnn({ recall: 0.95 });
    expect(record.recall[0].at10).toBeGreaterThanOrEqual(0.95);
    expect(record.candidates).toBeLessThan(1500);
    const files = readdirSync(join(place, 'ann', record.files));
    expect(files).toContain('language-sums.f64');
    const near = await passages.search(question, { ...options, ann: true });
    const exact = await passages.search(question, { ...options, ann: false, k: 100 });
    const scores = new Map(exact.hits.map(({ id, score }) => [id, score]));
    const both = near.hits.filter(({ id }) => scores.has(id));
    expect(both.length).toBeGreaterThan(15);
    for (const { id, score } of both) expect(score).toBe(scores.get(id));
    const plain = await passages.search(question, { ...options, centering: false, ann: true });
    expect(plain.hits[0].score).not.toBe(near.hits[0].score);
    expect([near.ann!.recall, plain.ann!.recall]).toEqual([record.recall[0].at10, null]);
    for (const { text, snippet, sentence } of near.hits)
      expect(text.slice(sentence!.start, sentence!.end)).toBe(snippet);
  });

  it('gives the same scores where its sums by language are missing', async () => {
    const before = await passages.search(question, { ...options, ann: true });
    const { files } = await passages.buildAnn();
    rmSync(join(place, 'ann', files, 'language-sums.f64'));
    const again = await openIndex(place, settings);
    const after = await again.search(question, { ...options, ann: true });
    expect(after.hits.map(({ id, score }) => [id, score])).toEqual(
      before.hits.map(({ id, score }) => [id, score]),
    );
    await again.close();
  });

  it('explains hits by their sentences, in parts that sum to the score', async () => {
    const { hits } = await passages.search(question, { ...options, ann: true });
    for (const { id, score, sentence } of hits.slice(0, 5)) {
      const explained = await passages.explain(question, id, { lang: 'fi', mode: 'dense' });
      const { dense, score: ranked } = explained;
      expect(dense!.score).toBe(score);
      expect(ranked).toBe(score);
      expect(dense!.centering).not.toBeNull();
      const parts = dense!.passage + (dense!.sentence?.share ?? 0) + dense!.centering!;
      expect(parts).toBeCloseTo(score, 9);
      if (dense!.sentence !== null) {
        const { start, end } = dense!.sentence;
        expect({ start, end }).toEqual(sentence);
      }
    }
  });
});
