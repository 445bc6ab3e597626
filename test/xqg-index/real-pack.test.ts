/**
 * The committed base pack on a few passages written for this test: short, mixed, romanized and
 * unknown questions.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndex } from '../../src/index.js';

const DOCUMENTS = [
  {
    id: 'train',
    title: 'Trains',
    text: 'The train to the capital leaves the station every morning at seven.',
  },
  {
    id: 'bees',
    title: 'Bees',
    text: 'Honey bees make honey from the nectar of flowers and store it in the hive.',
  },
  {
    id: 'gagarin',
    title: 'Gagarin',
    text: 'Yuri Gagarin was the first human to travel into space, in April 1961.',
  },
  {
    id: 'glacier',
    title: 'Glaciers',
    text: 'A glacier is a river of ice that moves slowly down a mountain valley.',
  },
  {
    id: 'bread',
    title: 'Bread',
    text: 'Flour, water, salt and yeast are mixed, and the dough is baked in an oven.',
  },
  {
    id: 'moon',
    title: 'Tides',
    text: 'The gravity of the moon pulls at the water of the oceans and causes the tides.',
  },
  {
    id: 'tax',
    title: 'Taxes',
    text: 'Citizens pay taxes, and the parliament decides how the government spends the money.',
  },
  {
    id: 'vaccine',
    title: 'Vaccines',
    text: 'A vaccine trains the immune system to recognize a virus before an infection.',
  },
];

describe('search with the base pack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xqg-real-'));
  let index: Awaited<ReturnType<typeof openIndex>>;

  beforeAll(async () => {
    index = await openIndex(join(folder, 'index'), { create: true });
    await index.add(DOCUMENTS.map((document) => ({ ...document, lang: 'en' })));
  });
  afterAll(async () => {
    await index.close();
    rmSync(folder, { recursive: true });
  });

  const best = async (question: string, lang?: string) =>
    (await index.search(question, { ...(lang ? { lang } : {}), k: 1 })).hits[0]?.id;

  it('answers in every language of the pack', async () => {
    for (const [lang, question, answer] of [
      ['ar', 'كيف يصنع النحل العسل؟', 'bees'],
      ['de', 'Warum gibt es Gezeiten im Meer?', 'moon'],
      ['el', 'Πότε φεύγει το τρένο από τον σταθμό;', 'train'],
      ['es', '¿Cómo se hace el pan?', 'bread'],
      ['fi', 'Mistä mehiläiset saavat hunajaa?', 'bees'],
      ['fr', 'Qui décide des impôts ?', 'tax'],
      ['hi', 'मधुमक्खी शहद कैसे बनाती है?', 'bees'],
      ['ja', '氷河とは何ですか', 'glacier'],
      ['ko', '기차는 몇 시에 역을 떠나나요?', 'train'],
      ['ro', 'Cine a fost primul om în spațiu?', 'gagarin'],
      ['ru', 'Как пчёлы делают мёд?', 'bees'],
      ['th', 'รถไฟออกจากสถานีกี่โมง', 'train'],
      ['tr', 'Ekmek nasıl pişirilir?', 'bread'],
      ['vi', 'Ong làm mật ong như thế nào?', 'bees'],
      ['zh', '火车什么时候离开车站', 'train'],
    ]) {
      expect([lang, await best(question, lang)]).toEqual([lang, answer]);
    }
  });

  it('answers questions of two words in a language that nobody named', async () => {
    expect(await best('Brot backen')).toBe('bread');
    expect(await best('miel abeja')).toBe('bees');
    expect(await best('вакцина вирус')).toBe('vaccine');
  });

  it('answers questions in two languages at once', async () => {
    expect(await best('Wann fährt der train nach Hause?')).toBe('train');
    expect(await best('¿Qué es un glacier de hielo in the mountain?')).toBe('glacier');
    expect(await best('गागarin कौन थे? who was Gagarin')).toBe('gagarin');
  });

  it('answers romanized questions by the names in them', async () => {
    expect(await best('kto takoy Gagarin')).toBe('gagarin');
    expect(await best('gagarin kaun the', 'hi')).toBe('gagarin');
    expect(await best('гагарин')).toBe('gagarin');
    expect(await best('جاجارين', 'ar')).toBe('gagarin');
  });

  it('answers an unknown language by shared words, with a warning', async () => {
    const { hits, warnings } = await index.search('Gagarin alikuwa nani?', { lang: 'sw', k: 1 });
    expect(hits[0].id).toBe('gagarin');
    expect(warnings.join(' ')).toContain('Swahili');
  });
});
