import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CausalGenerator } from '../../src/generate/neural/causal.js';
import { Seq2SeqGenerator } from '../../src/generate/neural/seq2seq.js';
import { openGenerator } from '../../src/generate/open-generator.js';
import { fillPrompt, loadPrompt } from '../../src/generate/prompts.js';
import { findModel } from '../../src/models/places.js';
import { shared } from '../support/shared.js';
import { describeGenerator } from './conformance.js';

const golden = shared('golden/models');
const passages = [
  { id: 'p1', title: 'Work', text: 'Everyone has the right to work.', lang: 'en' },
  { id: 'p2', title: '', text: 'Everyone has the right to rest and leisure.', lang: 'en' },
];

function goldenItems(model: string) {
  return JSON.parse(readFileSync(join(golden!, model, 'golden.json'), 'utf8')).items;
}

if (golden !== null) {
  const seq2seq = await Seq2SeqGenerator.open(findModel(join(golden, 'tiny-mt5')), {
    newTokens: 16,
  });
  const causal = await CausalGenerator.open(findModel(join(golden, 'tiny-llama')), {
    newTokens: 16,
  });
  afterAll(async () => {
    await seq2seq.close();
    await causal.close();
  });

  describeGenerator('tiny-mt5', () => seq2seq, passages, 'fi');
  describeGenerator('tiny-llama', () => causal, passages, 'ko');

  describe('the tiny generators', () => {
    it('tiny-mt5 writes the golden ids, cut at the end token', async () => {
      for (const { prompt, output_ids } of goldenItems('tiny-mt5')) {
        const expected = output_ids.slice(1).filter((id: number) => id !== 1);
        expect(await seq2seq.greedy(prompt, 16)).toEqual(expected);
      }
    });

    it('tiny-llama answers messages with the golden ids, cut at the end token', async () => {
      for (const { messages, new_ids } of goldenItems('tiny-llama')) {
        if (messages === undefined) continue;
        const end = new_ids.indexOf(2);
        expect(await causal.greedy(messages, 16)).toEqual(
          end < 0 ? new_ids : new_ids.slice(0, end),
        );
      }
    });

    it('tells the kinds apart by their configuration', async () => {
      const opened = await openGenerator(join(golden, 'tiny-mt5'), { languages: ['fi'] });
      expect(opened.identity.name).toBe('seq2seq/tiny-mt5');
      expect(opened.languages).toEqual(['fi']);
      await opened.close?.();
      await expect(openGenerator('./nowhere')).rejects.toMatchObject({ code: 'XQG_MODEL_MISSING' });
      await expect(openGenerator('lexikon')).rejects.toMatchObject({
        code: 'XQG_UNKNOWN_GENERATOR',
      });
    });
  });
}

describe('prompts', () => {
  it('asks mT5 as published', () => {
    const prompt = loadPrompt('seq2seq', ['language', 'passage']);
    const values = { language: 'Finnish', title: 'Human rights', passage: 'All {human} beings.' };
    expect(fillPrompt(prompt, { ...values, glossary: '' })).toBe(
      'Generate a Finnish question for this passage: Human rights All {human} beings.',
    );
  });

  it('come from files of the user, which must hold what is needed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'xqg-prompt-'));
    const file = join(folder, 'mine.txt');
    writeFileSync(file, 'Ask in {language}: {passage}');
    expect(loadPrompt('causal', ['language', 'passage'], file).hash).not.toBe(
      loadPrompt('causal', ['language', 'passage']).hash,
    );
    expect(() => loadPrompt('chat', ['n', 'passage'], file)).toThrow(/lacks \{n\}/);
    expect(() => loadPrompt('chat', [], join(folder, 'none.txt'))).toThrow(
      expect.objectContaining({ code: 'XQG_PROMPT' }),
    );
    rmSync(folder, { recursive: true });
  });
});
