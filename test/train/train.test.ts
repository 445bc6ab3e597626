import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { StaticEncoder } from '../../src/encode/static/static-encoder.js';
import { loadPack, writePivot } from '../../src/pack/format.js';
import { writeManifest } from '../../src/pack/manifest.js';
import { align } from '../../src/train/align.js';
import { POLICIES, readBitext, readLexicon } from '../../src/train/corpora.js';
import { languageMeans } from '../../src/train/means.js';
import { readPairs } from '../../src/train/pairs.js';
import { trainOwnLanguage } from '../../src/train/train.js';
import { reduceWordVectors, stemVectors } from '../../src/train/word-vectors.js';
import { tinyPack } from '../support/pack-in-memory.js';

/**
 * A made-up language: English words spelled backwards, in reverse order, after a particle without a
 * translation.
 */
const WORDS = 'river house garden bridge window doctor letter market engine planet'.split(' ');
const reversed = (word: string) => [...word].reverse().join('');

function sentences(): string[] {
  return Array.from({ length: 60 }, (_, i) => {
    const words = [0, 1, 2].map((j) => WORDS[(i * (j + 1) + j * j) % WORDS.length]);
    return `${words.join(' ')}\tka ${words.map(reversed).reverse().join(' ')}\tmade-up`;
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-train-'));
});

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

const OPTIONS = {
  lang: 'xx',
  policy: POLICIES.own,
  longestSentence: 40,
  longestEntry: 3,
  lexiconWeight: 2,
};

describe('alignment', () => {
  it('finds the translation of every word, and does not link particles', async () => {
    const pairs = await readPairs({
      ...OPTIONS,
      lexicon: write('lexicon.tsv', ['river\trevir']),
      bitext: write('bitext.tsv.gz', sentences()),
    });
    const links = align(pairs, { alone: 3, agreeing: 3, empty: 1 });
    const best = new Map<string, { foreign: string; count: number }>();
    links.counts.forEach((count, c) => {
      const pivot = pairs.pivot.terms[links.pivot[c]];
      if (count > (best.get(pivot)?.count ?? 0))
        best.set(pivot, { foreign: pairs.foreign.terms[links.foreign[c]], count });
    });
    for (const word of WORDS) {
      const term = pairs.pivot.terms[pairs.pivotIds[0]] === word ? word : undefined;
      const found = [...best].find(([stem]) => word.startsWith(stem.slice(0, 4)));
      expect(found?.[1].foreign, term ?? word).toBe(reversed(word));
    }
  });

  it('is the same in every run', async () => {
    const files = {
      lexicon: write('l.tsv', ['river\trevir']),
      bitext: write('b.tsv', sentences()),
    };
    const runs = await Promise.all([
      readPairs({ ...OPTIONS, ...files }),
      readPairs({ ...OPTIONS, ...files }),
    ]);
    const [a, b] = runs.map((pairs) => align(pairs, { alone: 2, agreeing: 2, empty: 1 }));
    expect(a).toEqual(b);
  });
});

describe('training data', () => {
  it('is filtered by license tier and source', async () => {
    const lexicon = write('lexicon.tsv', [
      'house\tmaison\t1\tP\twechsel',
      'horse\tcheval\t1\tG\tding',
    ]);
    const bitext = write('bitext.tsv', [
      'a\tb\tlibreoffice',
      'c\td\tui',
      'e\tf\tgimp-help',
      'g\th\tudhr',
    ]);
    const lexiconWords = async (policy: 'base' | 'full') => {
      const words: string[] = [];
      for await (const { pivot } of readLexicon(lexicon, POLICIES[policy])) words.push(pivot);
      return words;
    };
    const bitextSources = async (policy: 'base' | 'full') => {
      const sources: string[] = [];
      for await (const { source } of readBitext(bitext, POLICIES[policy])) sources.push(source);
      return sources;
    };
    expect(await lexiconWords('base')).toEqual(['house']);
    expect(await lexiconWords('full')).toEqual(['house', 'horse']);
    expect(await bitextSources('base')).toEqual(['libreoffice']);
    expect(await bitextSources('full')).toEqual(['libreoffice', 'ui']);
  });

  it('is refused with the line of a malformed row', async () => {
    const path = write('bitext.tsv', ['a\tb', 'no tab here']);
    const read = async () => {
      for await (const _ of readBitext(path, POLICIES.own));
    };
    await expect(read()).rejects.toMatchObject({ code: 'XQG_TRAINING_ROW', details: { line: 2 } });
  });
});

describe('word vectors', () => {
  it('have unit length, for forms and for stems', () => {
    const n = 40;
    const teacher = Float32Array.from({ length: n * 6 }, (_, i) => Math.sin(i * i + (i % 7)));
    const counts = Array.from({ length: n }, (_, i) => 1 + (i % 5));
    const rows = reduceWordVectors([{ vectors: teacher, dim: 6 }], counts, {
      dim: 3,
      dropped: 1,
      flattening: 0.1,
    });
    for (let i = 0; i < n; i++)
      expect(Math.hypot(...rows.subarray(i * 3, i * 3 + 3))).toBeCloseTo(1, 5);
    const stems = stemVectors(
      rows,
      3,
      counts.map((count, i) => ({ stem: i % 4, count })),
      4,
    );
    for (let s = 0; s < 4; s++)
      expect(Math.hypot(...stems.subarray(s * 3, s * 3 + 3))).toBeCloseTo(1, 5);
  });
});

describe("a user's own language", () => {
  function basePack(): string {
    const base = join(folder, 'base');
    const stems = [
      'river',
      'hous',
      'garden',
      'bridg',
      'window',
      'doctor',
      'letter',
      'market',
      'engin',
      'planet',
    ];
    mkdirSync(base);
    const { sha256 } = writePivot(join(base, 'english.safetensors'), {
      stems,
      surfaces: WORDS,
      counts: new Float32Array(stems.length).fill(1),
      total: 10_000,
      vectors: new Int8Array(stems.length * 2).fill(1),
      scales: new Float32Array(stems.length).fill(1),
      dim: 2,
    });
    writeManifest(base, {
      name: 'base',
      version: '1',
      license: 'CC0-1.0',
      pivot: {
        file: 'english.safetensors',
        sha256,
        stems: stems.length,
        vectors: stems.length,
        dim: 2,
      },
      languages: {},
      madeBy: {},
    });
    return base;
  }

  it('is added to a pack, which then translates it', async () => {
    const out = join(folder, 'mine');
    const options = {
      lang: 'xx',
      lexicon: write('lexicon.tsv', ['river\trevir']),
      bitext: write('bitext.tsv', sentences()),
      extend: basePack(),
      out,
      license: 'CC0-1.0',
    };
    await trainOwnLanguage(options, () => {});
    const pack = await loadPack(out);
    expect(pack.identity.name).toBe('base+xx');
    expect(pack.languages).toEqual(['en', 'xx']);
    expect(pack.pivot.stem(pack.toPivot(reversed('garden'), 'xx')[0].id)).toBe('garden');
    await expect(trainOwnLanguage(options, () => {})).rejects.toMatchObject({
      code: 'XQG_PACK_EXISTS',
    });
  });

  it('is refused if nothing can be learned, a file is missing, or it is English', async () => {
    const options = { lang: 'xx', extend: basePack(), license: 'CC0-1.0' };
    const unknown = {
      lexicon: write('l.tsv', ['qwert\tasdf']),
      bitext: write('b.tsv', ['zxcv\tuiop']),
    };
    await expect(
      trainOwnLanguage({ ...options, ...unknown, out: join(folder, 'a') }, () => {}),
    ).rejects.toMatchObject({
      code: 'XQG_TRAINING_EMPTY',
    });
    await expect(
      trainOwnLanguage(
        { ...options, ...unknown, bitext: join(folder, 'none.tsv'), out: join(folder, 'b') },
        () => {},
      ),
    ).rejects.toMatchObject({ code: 'XQG_TRAINING_FILE_MISSING' });
    await expect(
      trainOwnLanguage({ ...options, ...unknown, lang: 'en', out: join(folder, 'c') }, () => {}),
    ).rejects.toMatchObject({
      code: 'XQG_UNKNOWN_LANGUAGE',
    });
  });
});

describe('mean vectors', () => {
  it('are the means of the sentences on both sides of the bitext', async () => {
    const pack = tinyPack();
    const bitext = write('bitext.tsv', [
      'the river\tfluss',
      'the book\tbuch',
      'the river\tfluss',
      'the book\tbuch',
    ]);
    const means = await languageMeans(pack, ['de'], {
      policy: POLICIES.own,
      bitextOf: () => bitext,
    });
    expect([...means.keys()]).toEqual(['de', 'en']);
    const encoder = new StaticEncoder(pack);
    const dim = encoder.identity.dim;
    for (const [lang, texts] of [
      ['de', ['fluss', 'buch']],
      ['en', ['the river', 'the book']],
    ] as const) {
      const vectors = await encoder.encodePassages(
        texts.map((text) => ({ title: '', text, lang })),
      );
      const mean = means.get(lang)!;
      for (let d = 0; d < dim; d++)
        expect(mean[d]).toBeCloseTo((vectors[d] + vectors[dim + d]) / 2, 6);
    }
  });
});
