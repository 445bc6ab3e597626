import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planOf } from '../../src/plan/plan.js';
import type { Rates } from '../../src/plan/rates.js';
import { xqg } from '../cli/run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-plan-'));
afterAll(() => rmSync(home, { recursive: true }));

const RATES: Rates = {
  identity: {
    encoder: 'e w',
    generator: 'g w',
    machine: 'a machine',
    cores: 2,
    node: 'v20',
    words: 100,
  },
  dim: 768,
  unitLength: false,
  expectation: false,
  drawn: true,
  processorShare: 1,
  secondsPerPassage: {
    pivot: 0,
    encode: 0.02,
    write: 0.001,
    join: 0.0005,
    seal: 0.001,
    matrix: 0.0001,
    ann: 0.001,
  },
  encodesGeneratedQueries: true,
  encodesSentences: false,
  secondsPerSentence: 0.005,
  secondsPerQuery: { generate: 0.1, encode: 0.01 },
  secondsPerExpectation: { sum: 0, part: 0 },
  parts: 0,
  secondsOnce: 0,
  annRows: 1000,
  bytesPerPassage: { texts: 1000, lexical: 2000, graph: 150 },
  bytesPerQuery: 90,
  price: { passage: 0, query: 0, generatedQuery: 0.0001 },
};
const MACHINE = { cores: 2, memoryBytes: 25e9, diskBytes: 80e9, hourPrice: 0.5 };
const PAPER = {
  passages: 18_000_000,
  queries: 5,
  languages: 7,
  sentences: 0,
  encodesQueries: true,
  machine: MACHINE,
};

describe('a plan', () => {
  it('sets the sums that are kept against a vector for every query', () => {
    const { vectors, disk, lacks } = planOf(PAPER, RATES);
    expect(vectors.generatedQueries).toBe(630_000_000);
    expect(vectors.eachBytes).toBe(630e6 * 768 * 4);
    expect(vectors.sumsBytes).toBe(18e6 * 7 * (768 + 4));
    expect(disk.largestBytes).toBeGreaterThan(disk.keptBytes);
    expect(lacks.map((lack) => lack.split(':')[0])).toEqual(['Disk', 'Memory']);
  });

  it('adds what stages take: drawn queries are generated and encoded one by one', () => {
    const { stages, indexing } = planOf(PAPER, RATES);
    const hours = Object.fromEntries(stages.map(({ stage, hours }) => [stage, hours]));
    expect(hours.generate).toBeCloseTo((630e6 * 0.1) / 3600);
    expect(hours.augment).toBeCloseTo((630e6 * 0.01) / 3600);
    expect(hours.encode).toBeCloseTo((18e6 * 0.02) / 3600);
    const { generate, encode, augment, write, join: joining, seal } = hours;
    expect(indexing.hours).toBeCloseTo(generate + encode + augment + write + joining + seal);
    expect(stages.find(({ stage }) => stage === 'generate')!.cost).toBeCloseTo(
      630e6 * 0.0001 + generate * 0.5,
    );
  });

  it('adds a second pass of the encoder, and its vectors, where sentences are encoded', () => {
    const [without, with4] = [0, 4].map((sentences) => planOf({ ...PAPER, sentences }, RATES));
    const bytes = 18e6 * 4 * (768 + 4);
    expect(with4.stages.find(({ stage }) => stage === 'sentences')).toMatchObject({
      hours: (18e6 * 4 * 0.005) / 3600,
      diskBytes: bytes,
    });
    expect(without.stages.map(({ stage }) => stage)).not.toContain('sentences');
    expect(with4.indexing.hours - without.indexing.hours).toBeCloseTo((18e6 * 4 * 0.005) / 3600);
    // In rows, and beside the graph.
    expect(with4.disk.keptBytes - without.disk.keptBytes).toBe(2 * bytes);
    expect(with4.searchMemory.exactBytes - without.searchMemory.exactBytes).toBe(bytes);
    expect(with4.searchMemory.annBytes).toBe(without.searchMemory.annBytes);
  });

  it('does not let the number of queries cost anything where their expectation is summed', () => {
    const expectation = {
      ...RATES,
      expectation: true,
      drawn: false,
      secondsPerExpectation: { sum: 1e-4, part: 1e-4 },
      parts: 1000,
    };
    const [few, many] = [1, 50].map((queries) => planOf({ ...PAPER, queries }, expectation));
    expect(many.stages).toEqual(few.stages);
    expect(many.disk).toEqual(few.disk);
    expect(many.vectors.eachBytes).toBe(50 * few.vectors.eachBytes);
  });

  it('grows no faster than the corpus, but for the graph', () => {
    const [one, ten] = [1e6, 1e7].map((passages) => planOf({ ...PAPER, passages }, RATES));
    for (const [i, stage] of ten.stages.entries()) {
      const ratio = stage.hours / one.stages[i].hours;
      if (stage.stage === 'ann') expect(ratio).toBeCloseTo(10 * (Math.log(1e7) / Math.log(1e6)));
      else expect(ratio).toBeCloseTo(10);
    }
  });
});

describe('xqg plan', () => {
  it('plans with the rates of a file, which may be what it printed', async () => {
    const file = join(home, 'rates.json');
    writeFileSync(file, JSON.stringify(RATES));
    const asked = ['plan', '--passages', '18M', '--query-langs', '7', '--rates'];
    const printed = await xqg(...asked, file, '--json');
    expect(printed.code).toBe(0);
    const described = (await xqg(...asked, file)).stdout;
    // 0.02 s a passage are 100 hours.
    expect(described).toContain('at 50 passages a second; --encoder static is much quicker');
    const few = ['plan', '--passages', '1k', '--query-langs', '1', '--queries', '1', '--rates'];
    expect((await xqg(...few, file)).stdout).not.toContain('--encoder static');
    const { plan, rates, source } = JSON.parse(printed.stdout);
    expect(source).toBe('file');
    expect(rates).toEqual(RATES);
    expect(plan.vectors.eachBytes).toBe(630e6 * 768 * 4);
    writeFileSync(file, printed.stdout);
    const text = (await xqg(...asked, file)).stdout;
    expect(text).toContain('18,000,000 passages');
    expect(text).toContain('630,000,000 queries would take 1.9 TB');
    expect(text).not.toContain('encode sentences');
    const more = await xqg(...asked, file, '--sentences');
    expect(more.stdout).toContain('of 100 words and 5 sentences');
    expect(more.stdout).toMatch(/encode sentences +\d/);
  });

  it('names every problem of a rates file', async () => {
    const file = join(home, 'broken.json');
    writeFileSync(file, JSON.stringify({ ...RATES, dim: -1, parts: 'many' }));
    const { code, stderr } = await xqg(
      'plan',
      '--passages',
      '1k',
      '--query-langs',
      '2',
      '--rates',
      file,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('XQG_RATES_FILE');
    expect(stderr).toContain('dim');
    expect(stderr).toContain('parts');
  });

  it('refuses numbers that are none', async () => {
    for (const wrong of ['many', '0', '-5', '3G']) {
      expect((await xqg('plan', '--passages', wrong)).stderr).toContain('XQG_BAD_OPTION');
    }
  });

  it('measures this machine once and remembers it', async () => {
    process.env.XQG_CACHE = join(home, 'cache');
    const asked = ['plan', '--passages', '10k', '--query-langs', 'de,fi', '--json'];
    const [first, second] = [
      JSON.parse((await xqg(...asked)).stdout),
      JSON.parse((await xqg(...asked)).stdout),
    ];
    expect(first.source).toBe('measured');
    expect(second.source).toBe('remembered');
    expect(second.plan.stages).toEqual(first.plan.stages);
    expect(first.plan.stages.every(({ hours }: { hours: number }) => hours > 0)).toBe(true);
    expect(first.rates.bytesPerPassage.lexical).toBeGreaterThan(500);
  }, 120_000);
});
