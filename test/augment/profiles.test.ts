import { describe, expect, it } from 'vitest';
import { alphaEffective, augmentationProfile } from '../../src/augment/profiles.js';

describe('profiles', () => {
  it('paper is the literal formula, unit is meant for unit-length vectors', () => {
    expect(augmentationProfile('paper')).toEqual({
      variant: 'sum',
      alpha: 0.01,
      renormalize: false,
      languages: 'all',
    });
    expect(augmentationProfile('unit')).toEqual({
      variant: 'mean',
      alpha: 0.4,
      renormalize: true,
      languages: 'asker',
    });
  });

  it('take another alpha and other languages', () => {
    const profile = augmentationProfile('unit', { alpha: 0.2, languages: { th: 1, vi: 0.5 } });
    expect(profile).toMatchObject({ variant: 'mean', alpha: 0.2, languages: { th: 1, vi: 0.5 } });
  });

  it('refuse unknown names and numbers out of range', () => {
    expect(() => augmentationProfile('toString')).toThrow(
      'Unknown augmentation profile "toString"',
    );
    expect(() => augmentationProfile('unit', { alpha: -0.1 })).toThrow('alpha is -0.1');
    expect(() =>
      augmentationProfile('unit', { languages: { th: Number.POSITIVE_INFINITY } }),
    ).toThrow('the weight of language th is Infinity');
  });

  it('give 26 % for the paper: 35 queries at alpha 0.01', () => {
    expect(alphaEffective(0.01, 35)).toBeCloseTo(0.2612, 4);
    expect(alphaEffective(1, 0)).toBe(0);
    expect(() => alphaEffective(2, 1)).toThrow('alpha is 2');
  });
});
