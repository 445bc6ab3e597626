import { describe, expect, it } from 'vitest';
import { LexicalSegment } from '../../../src/indexing/lexical/segment.js';
import { buildSegment } from '../../../src/indexing/lexical/segment-builder.js';
import type { LexicalRow } from '../../../src/indexing/snapshot.js';
import type { TermBag } from '../../../src/languages/terms.js';
import { LexicalIndex } from '../../../src/search/lexical/index.js';
import type { ViewSettings } from '../../../src/search/lexical/view.js';
import { topK } from '../../../src/search/top-k.js';
import { Random } from '../../support/random.js';
import { bag, TabledFactors } from '../../support/tabled-factors.js';

/** Term i is in a passage with probability 1 / (1 + i / 4). */
const TERMS = Array.from({ length: 60 }, (_, i) => `term${i}`);
const random = new Random(11);

function passage(): TermBag {
  const weights: Record<string, number> = {};
  TERMS.forEach((term, i) => {
    if (random.next() < 1 / (1 + i / 4))
      weights[term] = (1 + random.below(random.below(8) + 1)) / 4;
  });
  return bag(weights);
}

const rows: LexicalRow[] = Array.from({ length: 3000 }, (): LexicalRow => {
  const own = passage();
  return { own, pivot: bag({ [`stem${random.below(20)}`]: 1 }), drawn: null, lang: 'en' };
});
rows[77] = { ...rows[78], own: bag({}) };
const factors = new TabledFactors({ th: { stem3: { term20: 0.5, other: 0.5 } } });
const settings: ViewSettings = {
  generatedWeight: 1,
  translationWeight: 0,
  expectedDf: true,
  relatedWeight: 0.5,
  factors,
};

async function indexOf(perSegment: number): Promise<LexicalIndex> {
  const segments: LexicalSegment[] = [];
  for (let first = 0; first < rows.length; first += perSegment) {
    segments.push(
      LexicalSegment.open(
        await buildSegment(rows.slice(first, first + perSegment)),
        `rows ${first}`,
      ),
    );
  }
  return new LexicalIndex(segments, { k1: 0.9, b: 0.4 });
}

describe('the top k of the lexical leg', () => {
  const rank = Uint32Array.from(rows.keys()).reverse();
  const mask = Uint8Array.from(rows, () => random.below(3));
  const also = Uint32Array.from({ length: 40 }, () => random.below(rows.length));
  const questions = Array.from({ length: 40 }, () =>
    bag(
      Object.fromEntries(
        Array.from({ length: 4 + random.below(25) }, () => [
          TERMS[random.below(TERMS.length)],
          random.below(3) === 0 ? 1 : 0.3,
        ]),
      ),
    ),
  );

  it.each([3000, 700])(
    'equals that of scoring all passages, bit for bit (segments of %i rows)',
    async (perSegment) => {
      const index = await indexOf(perSegment);
      for (const [q, question] of questions.entries()) {
        for (const mode of ['plain', 'generated'] as const) {
          const view = index.view('th', settings);
          const scores = index.scores([{ bag: question, view, weight: 1 }], mode);
          for (const k of q < 3 ? [1, 10, 200, 5000] : [1, 10, 200]) {
            for (const allowed of [null, mask]) {
              const top = index.top([{ bag: question, view, weight: 1 }], mode, {
                k,
                rank,
                mask: allowed,
                also,
              });
              expect(top.list).toEqual(topK(scores, k, rank, allowed, 0));
              expect(Array.from(also, (row) => top.others.get(row))).toEqual(
                Array.from(also, (row) => scores[row]),
              );
            }
          }
        }
      }
    },
  );

  it('adds up the scores of a question in its languages, with their weights', async () => {
    const index = await indexOf(3000);
    const [first, second] = questions;
    const views = [index.view('th', settings), index.view('fi', settings)];
    const a = index.scores([{ bag: first, view: views[0], weight: 1 }], 'generated');
    const b = index.scores([{ bag: second, view: views[1], weight: 1 }], 'generated');
    const { list } = index.top(
      [
        { bag: first, view: views[0], weight: 0.7 },
        { bag: second, view: views[1], weight: 0.3 },
      ],
      'generated',
      { k: 100, rank },
    );
    const sum = a.map((score, row) => 0.7 * score + 0.3 * b[row]);
    const expected = topK(sum, 100, rank, null, 0);
    list.scores.forEach((score, i) => {
      expect(score).toBeCloseTo(expected.scores[i], 9);
    });
  });
});
