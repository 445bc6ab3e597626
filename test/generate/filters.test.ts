import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FilteredGenerator, parseThresholds } from '../../src/generate/filters/filtered.js';
import {
  formScorer,
  languageScorer,
  noveltyScorer,
  type QueryScorer,
  SCORERS,
  scorerOfRanks,
} from '../../src/generate/filters/scorers.js';
import type { Generator } from '../../src/generate/generator.js';
import { Answers } from '../../src/models/remote/answer-cache.js';

const passage = { id: 'p1', title: 'Bees', text: 'Bees make honey.', lang: 'en' };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-filters-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function scores(): Promise<Answers> {
  return Answers.open(join(folder, 'scores.jsonl'));
}

function fake(queries: readonly string[]): Generator {
  return {
    identity: { name: 'fake', weights: 'x', settings: {} },
    languages: ['de'],
    draw: async (passages) => passages.map(() => [...queries]),
  };
}

describe('scorers', () => {
  it('know a query in the wrong language', async () => {
    const [german, english, russian] = await languageScorer.score(passage, 'de', [
      'Welche Insekten machen eigentlich den Honig?',
      'Which insects actually make the honey?',
      'Какие насекомые делают мёд?',
    ]);
    expect(german).toBeGreaterThan(0.8);
    expect(english).toBeLessThan(0.3);
    expect(russian).toBe(0);
  });

  it('know a query that repeats an earlier one, in any script', async () => {
    const queries = [
      'Wer macht Honig?',
      'wer macht honig',
      'Wo leben Bienen?',
      '谁制造蜂蜜？',
      '谁制造蜂蜜?',
    ];
    const [first, again, other, chinese, chineseAgain] = await noveltyScorer.score(
      passage,
      'de',
      queries,
    );
    expect([first, again, chineseAgain]).toEqual([1, 0, 0]);
    expect(other).toBeGreaterThan(0.6);
    expect(chinese).toBe(1);
  });

  it('know what is no query', async () => {
    const bad = [
      '',
      'Here is a question in German: Wer macht Honig?',
      'Sure, I can help with that.',
      '```json',
      '{"de": ["Wer?"]}',
      'Generate a {language} question',
      'ja ja ja ja ja ja ja ja',
      'Wer? '.repeat(100),
    ];
    expect(await formScorer.score(passage, 'de', bad)).toEqual(bad.map(() => 0));
    const good = ['Wer macht Honig?', '蜂蜜', 'Titel: was heißt das?'];
    expect(await formScorer.score(passage, 'de', good)).toEqual([1, 1, 1]);
  });

  it('know how far a query comes back to its passage', async () => {
    const scorer = scorerOfRanks(async () => [1, null, 4], 'an index');
    expect(await scorer.score(passage, 'de', ['a', 'b', 'c'])).toEqual([1, 0, 0.25]);
  });
});

describe('the filtered generator', () => {
  it('leaves out what scores less, and says so by language', async () => {
    const queries = [
      'Wer macht eigentlich den Honig?',
      'Who is it that makes the honey?',
      'wer macht eigentlich den honig',
    ];
    const keep = { language: 0.5, novelty: 0.2 };
    const filtered = new FilteredGenerator(fake(queries), SCORERS, keep, await scores());
    expect(await filtered.draw([passage], 'de', 3, 0)).toEqual([[queries[0]]]);
    expect(filtered.yields.get('de')).toEqual({
      drawn: 3,
      kept: 1,
      below: { language: 1, novelty: 1 },
    });
    expect(filtered.identity.settings.keep).toBe('language>=0.5 novelty>=0.2');
    await filtered.close();
  });

  it('scores a query once, whatever the thresholds', async () => {
    let asked = 0;
    const counting: QueryScorer = {
      name: 'length',
      version: '1',
      score: async (_passage, _lang, queries) => {
        asked += queries.length;
        return queries.map(({ length }) => length / 10);
      },
    };
    for (const [least, kept] of [
      [0.2, ['ab', 'abcd']],
      [0.4, ['abcd']],
    ] as const) {
      const filtered = new FilteredGenerator(
        fake(['a', 'ab', 'abcd']),
        [counting],
        { length: least },
        await scores(),
      );
      expect(await filtered.draw([passage], 'de', 3, 0)).toEqual([kept]);
      await filtered.close();
    }
    expect(asked).toBe(3);
  });

  it('is another one where the round trip goes over another index', async () => {
    const over = async (name: string) => {
      const scorer = scorerOfRanks(async () => [1], name);
      const filtered = new FilteredGenerator(
        fake(['a']),
        [scorer],
        { 'round-trip': 0.5 },
        await scores(),
      );
      await filtered.close();
      return filtered.identity.settings;
    };
    expect(await over('one')).toMatchObject({ keep: 'round-trip>=0.5', over: 'one' });
    expect(await over('one')).not.toEqual(await over('two'));
  });

  it('reads thresholds, and refuses what nobody scores', async () => {
    expect(parseThresholds('language>=0.5, form>=1')).toEqual({ language: 0.5, form: 1 });
    expect(() => parseThresholds('language=2')).toThrow(
      expect.objectContaining({ code: 'XQG_FILTER_THRESHOLD' }),
    );
    const kept = await scores();
    expect(() => new FilteredGenerator(fake([]), SCORERS, { beauty: 1 }, kept)).toThrow(/beauty/);
    await kept.close();
  });
});
