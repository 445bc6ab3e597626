import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileQuestion, readQuestions } from '../../src/cli/question-file.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-questions-'));
let files = 0;

async function read(text: string): Promise<FileQuestion[]> {
  const file = join(folder, `${files++}.tsv`);
  writeFileSync(file, text);
  const questions: FileQuestion[] = [];
  for await (const question of readQuestions(file)) questions.push(question);
  return questions;
}

describe('a file of questions', () => {
  it('may have columns, with tabs in the text', async () => {
    expect(await read('1\tWho?\r\n\n2\tWhat\tfor?\n')).toEqual([
      { id: '1', text: 'Who?' },
      { id: '2', text: 'What\tfor?' },
    ]);
  });

  it('may be JSONL, in the names of BEIR or ours, with languages', async () => {
    expect(
      await read('{"_id": "a", "text": "Wer?", "lang": "de"}\n{"id": 7, "text": "Qui ?"}'),
    ).toEqual([
      { id: 'a', text: 'Wer?', lang: 'de' },
      { id: '7', text: 'Qui ?' },
    ]);
  });

  it.each([
    ['no tab', '1 Who?', /line 1: there is no tab/],
    ['an empty question', '1\tWho?\n2\t \n', /line 2: the question "2" is empty/],
    ['an id that comes twice', '1\tWho?\n\n1\tWhat?', /line 3: the id "1" was given in line 1/],
    ['broken JSON', '{"id": 1', /line 1: not valid JSON/],
    ['no text', '{"id": 1}', /line 1: "text" is missing/],
  ])('is refused with its line: %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toHaveProperty('code', 'XQG_QUESTION_FILE');
  });
});
