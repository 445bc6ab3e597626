import { expect, it } from 'vitest';
import { groupByDocument } from '../../src/search/answer.js';

it('groups hits by document in the order of the best hits', () => {
  const hits = ['b#1', 'a#2', 'b#0', 'c', 'a#1'];
  expect(groupByDocument(hits, (hit) => hit.split('#')[0])).toEqual([
    { documentId: 'b', hits: ['b#1', 'b#0'] },
    { documentId: 'a', hits: ['a#2', 'a#1'] },
    { documentId: 'c', hits: ['c'] },
  ]);
});
