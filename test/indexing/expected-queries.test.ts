import { describe, expect, it } from 'vitest';
import { StaticEncoder } from '../../src/encode/static/static-encoder.js';
import { LexiconGenerator } from '../../src/generate/lexicon.js';
import { ExpectedQueries } from '../../src/indexing/expected-queries.js';
import { loadPack } from '../../src/pack/format.js';
import { packFolder } from '../../src/pack/manifest.js';

const pack = await loadPack('base');
const encoder = new StaticEncoder(pack);
const generator = new LexiconGenerator(pack);
const languages = ['ar', 'fi', 'th', 'zh'];

/** A batch of passages of the pack's own words. */
function batch(number: number, size: number) {
  const pivots = Array.from({ length: size }, (_, row) => {
    const text = Array.from({ length: 8 }, (_, i) =>
      pack.pivot.surface(200 + number * 71 + (row % 9) * 13 + i * 97),
    );
    return generator.pivot({ id: `${number}-${row}`, title: '', text: text.join(' '), lang: 'en' });
  });
  const tasks = languages.map((lang, l) => ({
    lang,
    rows: [...pivots.keys()].filter((row) => row % 5 !== l),
  }));
  return { pivots, tasks, queries: 5 };
}

describe('expected sums', () => {
  it('are equal for any number of threads', async () => {
    const alone = ExpectedQueries.of(encoder, generator)!;
    const requests = [batch(0, 200), batch(1, 7), batch(2, 64)];
    const expected = await Promise.all(requests.map((request) => alone.sums(request)));
    expect(expected[0][0].length).toBe(160 * encoder.identity.dim);
    expect(expected[0][0].some((value) => value !== 0)).toBe(true);
    for (const threads of [0, 1, 3]) {
      const several = ExpectedQueries.of(encoder, generator, {
        packFolder: packFolder('base'),
        threads,
      })!;
      // Concurrent requests get their own results.
      expect(await Promise.all(requests.map((request) => several.sums(request)))).toEqual(expected);
      expect(several.depth).toBe(threads === 0 ? 1 : 3);
      await several.close();
    }
  });

  it('reject all requests if a thread cannot load the pack', async () => {
    const broken = ExpectedQueries.of(encoder, generator, {
      packFolder: 'no-such-pack',
      threads: 2,
    })!;
    const asked = [broken.sums(batch(0, 200)), broken.sums(batch(1, 7))];
    for (const sums of asked) await expect(sums).rejects.toThrow(/no-such-pack/);
    await broken.close();
  });

  it('require a generator with probabilities', () => {
    expect(ExpectedQueries.of(encoder, null)).toBeNull();
  });
});
