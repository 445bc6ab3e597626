import { describe, expect, it } from 'vitest';
import { CachedEncoder } from '../../src/encode/cached-encoder.js';
import type { Encoder, QueryText } from '../../src/encode/encoder.js';
import { StaticEncoder } from '../../src/encode/static/static-encoder.js';
import { GlossaryEncoder } from '../../src/encode/with-glossary.js';
import { Glossary } from '../../src/pack/glossary/glossary.js';
import { GlossaryPack } from '../../src/pack/glossary/glossary-pack.js';
import { tinyPack } from '../support/pack-in-memory.js';
import { ReversingEncoder } from '../support/reversed-languages.js';
import { describeEncoder } from './conformance.js';

const question = (text: string, id?: string): QueryText => ({
  id,
  text,
  languages: [{ lang: 'en', weight: 1 }],
});

describe('a wrapped encoder', () => {
  const glossary = new Glossary([{ en: ['river bank'], de: ['Ufer'] }]);
  const inner = new StaticEncoder(new GlossaryPack(tinyPack(), glossary));

  for (const wrapped of [new CachedEncoder(inner), new GlossaryEncoder(inner, glossary)]) {
    const { name } = wrapped.constructor;

    it(`has what the encoder within states (${name})`, () => {
      expect(wrapped.identity).toBe(inner.identity);
      expect([wrapped.tuning, wrapped.cost]).toEqual(['static', 'negligible']);
    });

    it(`writes mixtures where the caller wants them (${name})`, async () => {
      const out = new Float32Array(inner.identity.dim);
      const mixture = { terms: ['haus'], weights: Float32Array.of(1) };
      const partOf = (term: string) => ({ terms: [term], weights: Float32Array.of(1) });
      expect(await wrapped.bags!.encodeMixtures([mixture], partOf, 'de', out)).toBe(out);
      expect(out.some((value) => value !== 0)).toBe(true);
    });

    describeEncoder(name, () => wrapped);
  }

  it('sees the terms of its glossary as one word, the same in every language', async () => {
    const german = { text: 'Ufer', languages: [{ lang: 'de', weight: 1 }] };
    const similarity = async (encoder: Encoder): Promise<number> => {
      const [a, b] = await Promise.all(
        [german, question('river bank')].map((each) => encoder.encodeQueries([each])),
      );
      return a.reduce((sum, value, d) => sum + value * b[d], 0);
    };
    expect(await similarity(new GlossaryEncoder(inner, glossary))).toBeGreaterThan(0.8);
    expect(await similarity(inner)).toBeLessThan(0.3);
  });
});

describe('a cached encoder', () => {
  it('encodes a question once, and again under another id', async () => {
    const toy = new ReversingEncoder();
    const encoder = new CachedEncoder(toy);
    const [river, moon, stone] = ['river', 'moon', 'stone'].map((text) => question(text));
    const first = await encoder.encodeQueries([river, moon]);
    expect(toy.encodedQueries).toBe(2);
    const again = await encoder.encodeQueries([moon, stone, river]);
    expect(toy.encodedQueries).toBe(3);
    expect(again).toEqual(await new ReversingEncoder().encodeQueries([moon, stone, river]));
    expect(first).toEqual(await new ReversingEncoder().encodeQueries([river, moon]));
    await encoder.encodeQueries([question('river', 'q1')]);
    expect(toy.encodedQueries).toBe(4);
  });

  it('answers with more questions than it caches', async () => {
    const questions = Array.from({ length: 20_050 }, (_, i) => question(`moon ${i % 7}`, `q${i}`));
    const vectors = await new CachedEncoder(new ReversingEncoder()).encodeQueries(questions);
    expect(vectors).toEqual(await new ReversingEncoder().encodeQueries(questions));
  });
});
