import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeRecipe, namedSpec, openRecipe, Packs } from '../../src/indexing/recipe.js';
import { Glossary } from '../../src/pack/glossary/glossary.js';
import { drawing, textEncoder } from '../support/hashed-recipe.js';

let folder: string;
let queries: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xqg-recipe-'));
  queries = join(folder, 'queries.jsonl');
  const row = { docid: 'a', title: '', text: 'A bee.', generated_queries: { de: ['Eine Biene?'] } };
  await writeFile(queries, `${JSON.stringify(row)}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const glossary = new Glossary([{ en: ['honey bee'], de: ['Honigbiene'] }]);
const passage = { id: 'a', title: '', text: 'Every honey bee dances.', lang: 'en' };

describe('a recipe', () => {
  it('is that of the base pack by default, which threads can open too', async () => {
    const recipe = await openRecipe({});
    expect(recipe.encoder.identity.name).toBe('static/base');
    expect(recipe.generator!.identity.name).toBe('lexicon/base');
    expect(recipe.packFolder).toBeDefined();
    expect((await openRecipe({ generator: 'gloss' })).packFolder).toBeUndefined();
    const settings = { hashed: 128 };
    const tuned = await openRecipe({ encoderOptions: { settings } });
    expect(tuned.encoder.identity.dim).toBe(recipe.encoder.identity.dim - 128);
    expect(tuned.packFolder).toBeUndefined();
  });

  it('reads no pack where nothing comes from one', async () => {
    const packs = new Packs();
    packs.open = () => {
      throw new Error('a pack was read');
    };
    const recipe = await openRecipe({ encoder: textEncoder, generator: queries }, packs);
    expect(recipe.pack).toBeNull();
    await closeRecipe(recipe);
  });

  it('shares a pack with the recipes that are opened beside it', async () => {
    const packs = new Packs();
    expect(packs.open('base')).toBe(packs.open('base'));
  });

  it('closes what it opened, and leaves what was brought', async () => {
    let closed = 0;
    const brought = { ...drawing, close: async () => void closed++ };
    await closeRecipe(await openRecipe({ generator: brought }));
    expect(closed).toBe(0);
    const recipe = await openRecipe({ encoder: textEncoder, generator: `file:${queries}` });
    await closeRecipe(recipe);
    await expect(recipe.generator!.draw([passage], 'de', 1, 0)).rejects.toThrow();
  });

  it('closes what it opened where the rest cannot be opened', async () => {
    const missing = openRecipe({ encoder: 'static', generator: './no-model', pack: 'base' });
    await expect(missing).rejects.toMatchObject({ code: 'XQG_MODEL_MISSING' });
    await expect(openRecipe({ encoder: 'statik' })).rejects.toMatchObject({
      code: 'XQG_UNKNOWN_ENCODER',
    });
  });
});

describe('a recipe named for another machine', () => {
  it('names the shipped encoder by its spec, whatever folder it is in', async () => {
    const spec = { encoder: 'e5', generator: null };
    const recipe = await openRecipe(spec);
    try {
      expect(recipe.encoderSpec).toEqual({ spec: 'e5' });
      const sent = JSON.stringify(namedSpec(spec, recipe));
      expect(sent).not.toContain(resolve('.'));
      const there = await openRecipe(JSON.parse(sent));
      expect(there.encoder.identity).toEqual(recipe.encoder.identity);
      await closeRecipe(there);
    } finally {
      await closeRecipe(recipe);
    }
  });

  it('opens to the same vectors and queries, with its glossary', async () => {
    for (const generator of ['lexicon', 'gloss']) {
      const spec = { glossary, generator };
      const recipe = await openRecipe(spec);
      const sent: unknown = JSON.parse(JSON.stringify(namedSpec(spec, recipe)));
      const other = await openRecipe(sent as typeof spec);
      expect(other.glossary!.sha256).toBe(glossary.sha256);
      expect(await other.encoder.encodePassages([passage])).toEqual(
        await recipe.encoder.encodePassages([passage]),
      );
      const drawn = await recipe.generator!.draw([passage], 'de', 2, 0);
      expect(await other.generator!.draw([passage], 'de', 2, 0)).toEqual(drawn);
      expect(drawn.flat().join(' ')).toContain('Honigbiene');
    }
  });

  it('has absolute paths', async () => {
    const path = relative('.', queries);
    const recipe = await openRecipe({ generator: path });
    expect(namedSpec({ generator: path }, recipe).generator).toBe(resolve(queries));
    expect(namedSpec({ generator: `file:${path}` }, recipe).generator).toBe(`file:${queries}`);
    await closeRecipe(recipe);
  });

  it('cannot hold what was brought as an object', async () => {
    const spec = { encoder: textEncoder };
    const recipe = await openRecipe(spec);
    expect(() => namedSpec(spec, recipe)).toThrow(/encoder was given as an object/);
    expect(() => namedSpec({ generator: drawing }, recipe)).toThrow(/generator was given/);
  });
});
