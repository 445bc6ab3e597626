import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { XqgError } from '../../../src/base/errors.js';
import { parseExperiment } from '../../../src/evaluate/experiment/read-spec.js';
import { TEMPLATE } from '../../../src/evaluate/experiment/template.js';

function problemsOf(yaml: string): string[] {
  try {
    parseExperiment(yaml, 'x.yaml');
  } catch (error) {
    expect((error as XqgError).code).toBe('XQG_EXPERIMENT_INVALID');
    return (error as XqgError).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

const GOOD = `name: toy
data:
  - set: xquad
    path: data
    settings: [to-english]
primary:
  data: xquad
  setting: to-english
  metric: MRR
  baseline: dense
  system: dense+xqg
`;

describe('an experiment file', () => {
  it('has defaults for everything but name, data and primary', () => {
    const spec = parseExperiment(GOOD, 'x.yaml');
    expect(spec).toMatchObject({
      encoders: ['static'],
      generators: ['lexicon'],
      legs: ['dense'],
      statistics: { samples: 10_000, seed: 1, confidence: 0.95 },
      primary: { correction: 'holm' },
    });
  });

  it('that is broken is told with all problems, their lines and paths at once', () => {
    const yaml = `name: "bad name"
data:
  - set: squad
    path: data
    settings: [to-english, to-english]
encoder: [static]
primary:
  data: xquad
  setting: to-english
  metrik: MRR
  baseline: dense
  system: dense+xgq
legs: [dense]
encoders: [dynamic]
conditions:
  alpha: [0, 1.5]
  filter: [100]
`;
    expect(problemsOf(yaml)).toEqual([
      'line 1: name has other characters than letters, digits, dot, hyphen and underscore',
      'line 3: data[0].set is not one of xquad, xquad-r, mlqa-r, miracl, mr-tydi, beir, xor-tydi',
      'line 5: data[0].settings has an entry twice',
      'line 6: encoder is no known key, did you mean "encoders"?',
      'line 7: primary.metric is missing',
      'line 10: primary.metrik is no known key, did you mean "metric"?',
      'line 14: encoders[0] is "dynamic", no encoder (known: static, static:PACK, e5, file:MANIFEST, hf:NAME, a model\'s folder, openai:MODEL)',
      'line 16: conditions.alpha[1] is more than 1',
      'line 17: conditions.filter[0] is not less than 100',
    ]);
  });

  it('is checked for what one key says about another', () => {
    expect(problemsOf(GOOD.replace('dense+xqg', 'dense+xgq'))).toEqual([
      'line 11: primary.system is "dense+xgq", no system of these legs, did you mean "dense+xqg"?',
    ]);
    expect(problemsOf(GOOD.replace('setting: to-english', 'setting: mono'))).toEqual([
      'line 8: primary.setting is mono, which is not among the settings of xquad',
    ]);
    expect(problemsOf(GOOD.replace('metric: MRR', 'metric: mAP'))).toEqual([
      'line 9: primary.metric is mAP, which is not among the measures MRR, accuracy@1, R@10, R@100, nDCG@10',
    ]);
    expect(problemsOf(GOOD.replace('dense+xqg', 'dense+xqg (tuned)'))).toEqual([
      'line 11: primary.system is "dense+xqg (tuned)", no system of these legs (known: dense, dense+xqg, dense+xqg-all)',
    ]);
    expect(problemsOf(`${GOOD}systems: [dense, bm52]\n`)).toEqual([
      'line 11: primary.system is "dense+xqg", no system of those under systems (known: dense)',
      'line 12: systems[1] is "bm52", no system of xqg, did you mean "bm25"?',
    ]);
    expect(problemsOf(`${GOOD}conditions: { of: [dense] }\n`)).toEqual([
      'line 12: conditions.of[0] is dense, which has no generated queries to vary',
    ]);
    expect(
      problemsOf(
        `${GOOD}measures: MRR rank-distance\n`.replace('metric: MRR', 'metric: rank-distance'),
      ),
    ).toEqual([
      'line 9: primary.metric is a measure of language bias, of which less is better: name one of effectiveness',
    ]);
  });

  it('that is not YAML, or nothing, is told too', () => {
    expect(problemsOf('name: [')[0]).toMatch(/^line 1: /);
    expect(problemsOf('').map((line) => line.replace(/^line \d+: /, ''))).toEqual([
      'name is missing',
      'data is missing',
      'primary is missing',
    ]);
  });

  it('as xqg experiment init writes it is right', () => {
    expect(problemsOf(TEMPLATE)).toEqual([]);
  });

  it.each(readdirSync('experiments').filter((file) => file.endsWith('.yaml')))(
    'experiments/%s is right',
    (file) => {
      expect(problemsOf(readFileSync(`experiments/${file}`, 'utf8'))).toEqual([]);
    },
  );
});
