/** The tables of docs/experiments.md, made of results. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { encoderTable, evaluationTable, summaryTable } from '../../../scripts/evaluation-tables.js';
import { answerTable, conditionTable, sentenceTables } from '../../../scripts/experiment-tables.js';
import { between } from '../../../scripts/marked.js';
import { controlTables, generatorTable } from '../../../scripts/query-tables.js';
import { PUBLISHED } from '../../../src/evaluate/report/published.js';

const madeBy = {
  command: 'xqg experiment run x.yaml',
  version: '1.2.3',
  date: '2030-01-02T03:04:05Z',
  identities: {
    encoders: [{ weights: 'abcdef0123456789' }],
    generators: [{ weights: 'abcdef0123456789' }],
  },
};
const about = {
  madeBy,
  timings: { reading: 1, ranking: 2.4 },
  machine: { cores: 2, platform: 'linux x64' },
};
const MADE =
  '`xqg experiment run x.yaml`: xqg 1.2.3, 2030-01-02, weights abcdef012345, 2 cores (linux x64), 3 s in that run.';

const row = (
  setting: string,
  queryLang: string,
  passageLang: string,
  system: string,
  metric: string,
  value: number,
) => {
  return {
    dataset: 'xquad-r',
    condition: 'system',
    point: '',
    setting,
    queryLang,
    passageLang,
    system,
    metric,
    value,
  };
};

it('put every measured value in its place, beside what was published', () => {
  const results = [
    row('mono', 'en', 'en', 'dense', 'mAP', 0.5),
    row('mono', 'th', 'th', 'dense', 'mAP', 0.3),
    row('cross', 'en', 'th', 'dense', 'mAP', 0.2),
    row('cross', 'en', 'de', 'dense', 'mAP', 0.4),
    row('cross', 'th', 'en', 'dense', 'mAP', 0.1),
    row('multi', 'en', 'all', 'dense', 'rank-distance', 2345.4),
    row('multi', 'en', 'all', 'dense', 'R@10', 0.25),
  ];
  const text = sentenceTables('xquad-r', [{ results, ...about }], PUBLISHED);
  const lines = text.split('\n');
  expect(lines).toContain(
    '|  | mAP mono | mAP cross | mAP multi | R@1 mono | R@1 cross | R@10 multi | rank-distance |',
  );
  // cross: English is the mean of its pools, then languages count the same.
  expect(lines).toContain('| dense | .400 | .200 | – | – | – | .250 | 2,345 |');
  expect(lines).toContain('| *LaBSE hybrid batches* | .817 | .767 | .682 | – | – | – | 221 |');
  expect(lines).toContain('| *mBERT X-Y* | – | – | .660 | – | – | – | – |');
  expect(lines).toContain('| en | .500 | .300 | – |');
  expect(lines).toContain(MADE);
});

it('state the answer with its interval, and mark what is significant', () => {
  const test = (difference: number, p?: number) => ({
    baseline: 0.5,
    system: 0.5 + difference,
    difference,
    interval: { low: difference - 0.01, high: difference + 0.01 },
    correctedRandomization: p,
  });
  const answer = {
    primary: {
      data: 'xquad',
      setting: 'to-english',
      metric: 'MRR',
      baseline: 'dense',
      system: 'dense+xqg',
    },
    languages: ['ar', 'th'],
    sentences: ['It gains.'],
    rows: [
      {
        encoder: 'static',
        generator: 'lexicon',
        byLanguage: [test(0.02, 0.01), test(-0.005, 0.3)],
        mean: test(0.0075),
      },
    ],
  };
  const lines = answerTable({ answer, ...about }).split('\n');
  expect(lines[0]).toBe('**dense+xqg against dense**: MRR on xquad, to-english. It gains.');
  expect(lines).toContain('| difference | +.020* | −.005 | +.007 |');
  expect(lines).toContain('| interval | +.010 to +.030 | −.015 to +.005 | −.003 to +.018 |');
  expect(lines).toContain(MADE);
});

it('show a condition against the baseline', () => {
  const point = (name: string, value: number) => {
    return {
      ...row('multi', 'en', 'all', 'dense+xqg', 'mAP', value),
      condition: 'language-means',
      point: name,
    };
  };
  const results = [
    row('multi', 'en', 'all', 'dense', 'mAP', 0.3),
    point('none', 0.32),
    point('none, alpha 0', 0.3),
  ];
  const experiment = { primary: { metric: 'mAP', baseline: 'dense' } };
  expect(
    conditionTable({ results, experiment }, 'language-means', 'multi').split('\n').slice(2),
  ).toEqual(['| dense | .300 |  |', '| none | .320 | +.020 |', '| none, alpha 0 | .300 | .000 |']);
});

it('show the systems of an evaluation, and what bridges the languages', () => {
  const value = (system: string, queryLang: string, mean: number, language = 'given') => ({
    ...row('to-english', queryLang, 'en', system, 'MRR', mean),
    ...{ dataset: 'xquad', generator: 'lexicon', language },
  });
  const evaluation = {
    results: [
      value('dense+xqg', 'th', 0.75),
      value('dense+xqg', 'ar', 0.25),
      value('dense', 'th', 0.5),
      value('dense', 'ar', 0.25),
      value('dense', 'ar', 0.9, 'detected'),
    ],
    madeBy: {
      ...madeBy,
      command: 'xqg evaluate xquad',
      identities: { encoder: { name: 'static/tiny' }, pack: { name: 'tiny', version: '1.0.0' } },
    },
  };
  const lines = evaluationTable(evaluation).split('\n');
  expect(lines).toContain('| dense | .250 | .500 | .375 |');
  expect(lines).toContain('| dense+xqg | .250 | .750 | .500 |');
  expect(lines).toContain('Measured on 2030-01-02 with xqg 1.2.3: `xqg evaluate xquad`');
  expect(summaryTable(evaluation).split('\n')).toContain('| dense | .375 | .500 |  |  |');
  const both = encoderTable([
    ['`base`', evaluation],
    ['`full`', evaluation],
  ]).split('\n');
  expect(both.filter((line) => line.includes('| dense |'))).toHaveLength(1);
  expect(both).toContain('| `full` | dense+xqg | .250 | .750 | .500 |');
});

it.each([
  [
    'docs/experiments.md',
    [
      ...['xquad', 'mlqa-r', 'mlqa-r-sentences', 'xquad-r sentences', 'mlqa-r sentences'],
      ...['language means', 'xquad-r feedback', 'mlqa-r-sentences feedback'],
    ],
  ],
  ['docs/results.md', ['results']],
  ['docs/models.md', ['neural']],
  ['README.md', ['summary']],
])('stand between marks of %s, every one of them', (page, names) => {
  let docs = readFileSync(page, 'utf8');
  for (const name of names) {
    docs = between(docs, name, `NEW ${name}`);
    expect(docs).toContain(`NEW ${name}\n\n<!-- /${name} -->`);
  }
  expect(() => between(docs, 'none', '')).toThrow('there are no marks of none');
});

it('show controls by encoder, each tested against no queries and against own ones', () => {
  const test = (point: string, comparedWith: string, difference: number, p: number) => ({
    ...{ dataset: 'xquad', metric: 'MRR', condition: 'controls', comparedWith },
    ...{ encoder: '/models/e5', generator: 'lexicon', name: `dense+xqg (tuned), ${point}`, point },
    ...{ alphaEffective: 0.30000000000000004, baseline: 0.5, system: 0.5 + difference },
    ...{ difference, interval: { low: difference - 0.01, high: difference + 0.01 } },
    pRandomization: p,
  });
  const conditionTests = [
    test('own', 'without queries', 0.1, 0.01),
    test('mean', 'without queries', 0.02, 0.2),
    test('own', 'own queries', 0, 1),
    test('mean', 'own queries', -0.08, 0.04),
    { ...test('own', 'without queries', 0.3, 0.01), dataset: 'mlqa-r' },
    { ...test('own', 'without queries', 0.3, 0.01), condition: 'alpha' },
  ];
  const lines = controlTables('xquad', { ...about, conditionTests }).split('\n');
  expect(lines).toEqual([
    '| e5, lexicon | alpha | MRR | against no queries | against own queries |',
    '| --- | ---: | ---: | ---: | ---: |',
    '| no queries |  | .500 |  |  |',
    '| dense+xqg, own | 0.3 | .600 | +.100* (+.090 to +.110) |  |',
    '| dense+xqg, mean | 0.3 | .520 | +.020 (+.010 to +.030) | −.080* (−.090 to −.070) |',
    ...['', MADE, ''],
  ]);
});

it('show generators side by side in every setting', () => {
  const results = ['lexicon', 'file:a/b.jsonl'].flatMap((generator, g) =>
    ['de', 'th'].map((lang, l) => ({
      ...row('mono', lang, lang, 'dense', 'MRR', 0.2 + 0.1 * g + 0.2 * l),
      ...{ encoder: 'static', generator },
    })),
  );
  const primary = { metric: 'MRR', baseline: 'dense', system: 'dense' };
  const text = generatorTable({ ...about, results, experiment: { primary } });
  expect(text.split('\n').slice(0, 3)).toEqual([
    '| static, MRR | mono, lexicon | mono, b.jsonl |',
    '| --- | ---: | ---: |',
    '| dense | .300 | .400 |',
  ]);
});
