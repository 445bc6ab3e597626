import { describe, expect, it } from 'vitest';
import { drawWithoutReplacement, seededRandom } from '../../src/base/random.js';
import { LexiconGenerator } from '../../src/generate/lexicon.js';
import { tinyPack } from '../support/pack-in-memory.js';
import { describeGenerator } from './conformance.js';

const generator = new LexiconGenerator(tinyPack());
const passages = [
  { id: 'a', title: 'House', text: 'The house by the river, the people in it.', lang: 'en' },
  { id: 'b', title: '', text: 'The budget of the family and the fire.', lang: 'en' },
  { id: 'c', title: '', text: 'Nothing known here.', lang: 'en' },
];

describeGenerator('the lexicon generator', () => generator, passages, 'de');

describe('the lexicon generator', () => {
  it('keeps salient stems and leaves out the common ones', () => {
    const { terms } = generator.pivot(passages[0]);
    expect([...terms].sort()).toEqual(['hous', 'peopl', 'river']);
  });

  it('pivots passages of other languages through English', () => {
    const { terms, weights } = generator.pivot({
      id: 'd',
      title: '',
      text: 'Das Haus',
      lang: 'de',
    });
    expect(terms).toEqual(['hous', 'famili']);
    expect(weights[0]).toBeCloseTo(0.8, 6);
    expect(
      generator.expectation(
        generator.pivot({ id: 'd', title: '', text: 'Das Haus', lang: 'de' }),
        'en',
      ).terms,
    ).toEqual(['hous', 'famili']);
  });

  it('writes queries in forms that people use', async () => {
    const [queries] = await generator.draw(passages, 'de', 20, 1);
    expect(queries.join(' ').split(' ')).toContain('leute');
    expect(queries.join(' ').split(' ')).not.toContain('leut');
  });
});

describe('drawing without replacement', () => {
  it('takes each position at most once, and heavy ones more often', () => {
    const random = seededRandom('seed');
    const first = [0, 0, 0];
    for (let i = 0; i < 3000; i++) {
      const drawn = drawWithoutReplacement([1, 2, 7], 3, random);
      expect([...drawn].sort()).toEqual([0, 1, 2]);
      first[drawn[0]]++;
    }
    expect(first.map((count) => Math.round(count / 300))).toEqual([1, 2, 7]);
    expect(drawWithoutReplacement([0, 1], 5, random)).toEqual([1]);
  });
});
