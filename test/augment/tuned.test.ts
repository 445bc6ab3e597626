import { describe, expect, it } from 'vitest';
import {
  encodesGeneratedQueries,
  encodesSentences,
  tunedAugmentation,
} from '../../src/augment/tuned.js';
import type { Encoder } from '../../src/encode/encoder.js';
import type { Endpoint } from '../../src/models/remote/endpoint.js';
import { searchDefaults } from '../../src/search/defaults.js';

const encoder = (unitLength: boolean, tuning?: Encoder['tuning']) => ({
  identity: { name: 'any/name', dim: 2, weights: 'w', unitLength, settings: {} },
  tuning,
});

describe('the tuned augmentation', () => {
  it('follows what encoder and generator state, not what they are called', () => {
    expect(tunedAugmentation(encoder(true, 'static'), null)).toEqual({
      profile: 'unit',
      alpha: 0.4,
    });
    expect(tunedAugmentation(encoder(true, 'static'), { tuning: 'gloss' }).alpha).toBe(0.4);
    expect(tunedAugmentation(encoder(true), {})).toEqual({ profile: 'unit', alpha: 0.1 });
    expect(tunedAugmentation(encoder(true), { tuning: 'gloss' }).alpha).toBe(0.3);
  });

  it('is the published sum for vectors of any length', () => {
    expect(tunedAugmentation(encoder(false), { tuning: 'gloss' })).toEqual({
      profile: 'paper',
      alpha: 0.01,
    });
  });

  it('encodes sentences for neural encoders of this machine alone', () => {
    expect(encodesSentences(encoder(true))).toBe(true);
    expect(encodesSentences(encoder(true, 'neural'))).toBe(true);
    expect(encodesSentences(encoder(true, 'static'))).toBe(false);
    // Vectors that were recorded, and those of an endpoint.
    expect(encodesSentences({ cost: 'negligible' })).toBe(false);
    expect(encodesSentences({ cost: {} as Endpoint })).toBe(false);
  });

  it('encodes generated queries where no centroids are known', () => {
    expect(encodesGeneratedQueries({})).toBe(true);
    const centroids = {} as NonNullable<Encoder['centroids']>;
    expect(encodesGeneratedQueries({ centroids })).toBe(false);
  });

  it('of questions is the same for all encoders, with weights of their own in search', () => {
    for (const [tuning, weight] of [
      ['static', 2.5],
      ['neural', 5],
    ] as const) {
      const questions = searchDefaults({ tuning }, { tuning: 'questions' });
      expect(questions.alpha).toBe(0.1);
      expect(questions.generatedWeight).toBe(0.1);
      expect(questions.hybrid.denseWeight).toMatchObject({ generated: weight, both: weight });
      // What no query changes is as without them.
      const none = searchDefaults({ tuning }, null);
      expect(questions.hybrid.denseWeight.plain).toBe(none.hybrid.denseWeight.plain);
      expect(questions.hybrid.denseWeight.translated).toBe(none.hybrid.denseWeight.translated);
      expect(searchDefaults({ tuning }, {})).toEqual(none);
    }
  });

  it('is what search uses by default', () => {
    for (const tuning of ['static', 'neural'] as const) {
      for (const generator of [
        null,
        {},
        { tuning: 'gloss' as const },
        { tuning: 'questions' as const },
      ]) {
        const { profile, alpha } = tunedAugmentation(encoder(true, tuning), generator);
        const defaults = searchDefaults({ tuning }, generator);
        expect([defaults.profile.unitLength, defaults.alpha]).toEqual([profile, alpha]);
      }
    }
  });
});
