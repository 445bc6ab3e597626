import { describe, expect, it } from 'vitest';
import type { SourceDocument } from '../../src/corpus/passage.js';
import { passagesOf } from '../../src/corpus/split.js';

const finnish: SourceDocument = {
  id: 'a',
  source: '/s',
  path: '/s/a',
  title: 'Oikeudet',
  metadata: {},
  blocks: [
    {
      headings: [],
      text: 'Jokaisella on oikeus saada opetusta ja osallistua vapaasti kulttuurielämään.',
    },
  ],
};

describe('passagesOf', () => {
  it('takes the language of the user, else of the data, else of the detector', async () => {
    const [detected] = (await passagesOf(finnish)).passages;
    expect(detected.lang).toBe('fi');
    expect(detected.langConfidence).toBeGreaterThan(0.8);
    expect(detected.langConfidence).toBeLessThan(1);
    const [fromData] = (await passagesOf({ ...finnish, lang: 'et' })).passages;
    expect([fromData.lang, fromData.langConfidence]).toEqual(['et', 1]);
    const [given] = (await passagesOf({ ...finnish, lang: 'et' }, { lang: 'fi-FI' })).passages;
    expect([given.lang, given.langConfidence]).toEqual(['fi', 1]);
  });

  it('is not misled by a short beginning in another language', async () => {
    const license = 'Copyright 2020. All rights reserved.';
    const text = `${license}\n\n${finnish.blocks[0].text.repeat(40)}`;
    const { passages } = await passagesOf({ ...finnish, blocks: [{ headings: [], text }] });
    expect(passages[0].lang).toBe('fi');
  });

  it('passes on the budget and the metadata', async () => {
    const { passages } = await passagesOf(finnish, { maxTokens: 8, metadata: { set: 'x' } });
    expect(passages.length).toBe(2);
    expect(passages[1].metadata).toEqual({ set: 'x' });
  });

  it('refuses an invalid language', async () => {
    await expect(passagesOf(finnish, { lang: 'Finnish' })).rejects.toMatchObject({
      code: 'XQG_NOT_A_LANGUAGE',
      remedy: 'Write fi, the code of Finnish.',
    });
  });
});
