/** Collections in rows: question-answer pairs, and BEIR's folders. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type BeirOptions, openBeir } from '../../../src/evaluate/data/beir.js';
import { loadQa } from '../../../src/evaluate/data/qa.js';
import { folder, pair } from './small-collections.js';

const rows = (...objects: object[]) =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');

describe('loadQa', () => {
  it('makes the distinct contexts passages', async () => {
    const file = join(
      folder({
        'xx.jsonl.gz': gzipSync(
          rows(
            { lang: 'vi', title: 't', context: 'c1', question: 'q', answer: 'a' },
            { lang: 'vi', title: 't', context: 'c2', question: 'q', answer: 'a' },
            { lang: 'vi', title: 't', context: 'c1', question: 'r', answer: 'a' },
            { lang: 'vi', title: 't', context: 'c3', question: 's', answer: null },
          ),
        ),
      }),
      'xx.jsonl.gz',
    );
    const collection = await loadQa(file);
    const { queries, passages, qrels } = pair(collection, 'vi', 'vi');
    expect(collection.name).toBe('qa/xx');
    expect(queries.map(({ text }) => text)).toEqual(['q', 'r']);
    expect(passages.map(({ text }) => text)).toEqual(['c1', 'c2']);
    expect([...qrels.values()].map((judgments) => judgments.size)).toEqual([2, 1]);
  });

  it('matches languages by id', async () => {
    const directory = folder({
      'faq.jsonl': rows(
        { id: '1', lang: 'en', question: 'why', answer: 'because' },
        { id: '2', lang: 'en', question: 'who', answer: 'me' },
        { id: '2', lang: 'de', question: 'wer', answer: 'ich' },
      ),
    });
    const { queries, passages, qrels } = pair(
      await loadQa(join(directory, 'faq.jsonl')),
      'de',
      'en',
    );
    expect(queries).toEqual([{ id: '2', text: 'wer', lang: 'de', langGiven: true, group: '2' }]);
    expect(passages).toHaveLength(2);
    expect(qrels).toEqual(new Map([['2', new Map([['2', 1]])]]));
  });

  it('names the line of a malformed row', async () => {
    const directory = folder({
      'x.jsonl': `${rows({ lang: 'de', context: 'c', question: 'q' })}\n{"lang": "de", "context": "c"}`,
    });
    await expect(loadQa(join(directory, 'x.jsonl'))).rejects.toThrow(
      'line 3: no text in "question"',
    );
  });
});

describe('openBeir', () => {
  const files = {
    'corpus.jsonl': rows(
      { _id: 'd1', title: 'Title', text: 'text\u2028one', metadata: { lang: 'ro' } },
      { _id: 'd2', text: 'text two' },
    ),
    'queries.jsonl': rows(
      { _id: 'q1', text: 'one?' },
      { _id: 'q2', text: 'two?', lang: 'th' },
      { _id: 'q3', text: 'x' },
    ),
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\n',
  };
  const detect = async () => 'fi';
  const open = (more: Partial<BeirOptions>, data: Record<string, unknown> = files) =>
    openBeir({ directory: folder(data), detect, ...more });

  it('takes the language of the row, else that of the options, else the detected one', async () => {
    const given = await open({ queryLang: 'de', passageLang: 'en' });
    expect(given.queries.map(({ id, lang, langGiven }) => [id, lang, langGiven])).toEqual([
      ['q1', 'de', true],
      ['q2', 'th', true],
    ]);
    const passages = [];
    for await (const passage of given.passages()) passages.push(passage);
    expect(passages).toEqual([
      { id: 'd1', title: 'Title', text: 'text\u2028one', lang: 'ro' },
      { id: 'd2', title: '', text: 'text two', lang: 'en' },
    ]);
    const guessed = await open({});
    expect(guessed.queries[0]).toMatchObject({ lang: 'fi', langGiven: false });
    expect(guessed.qrels.get('q2')).toEqual(new Map([['d2', 2]]));
  });

  it.each([
    ['no qrels', { ...files, 'qrels/test.tsv': undefined }, 'there is no qrels/test.tsv'],
    [
      'a judged query that is missing',
      { ...files, 'queries.jsonl': rows({ _id: 'q1', text: 'one?' }) },
      '"q2"',
    ],
    [
      'a repeated id',
      { ...files, 'queries.jsonl': rows({ _id: 'q1', text: '' }, { _id: 'q1', text: '' }) },
      'line 2',
    ],
    ['a row without id', { ...files, 'queries.jsonl': rows({ text: '' }) }, '"id" is missing'],
    ['a row without text', { ...files, 'queries.jsonl': rows({ _id: 'q1' }) }, '"text" is missing'],
    ['a row that is not an object', { ...files, 'queries.jsonl': '[1]' }, 'not a JSON object'],
  ])('refuses %s', async (_, data, reason) => {
    const present = Object.fromEntries(
      Object.entries(data).filter(([, content]) => content !== undefined),
    );
    await expect(open({}, present)).rejects.toThrow(reason);
  });
});
