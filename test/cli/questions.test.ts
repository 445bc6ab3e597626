import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/languages/languages.js';

interface QuestionFile {
  lang: string;
  questions: { id: string; article: number; text: string }[];
}

const folder = 'demo/questions';
const files = readdirSync(folder).sort();

describe("the demo's questions", () => {
  it('have not changed since they were written', () => {
    const hash = createHash('sha256');
    for (const file of files) hash.update(readFileSync(`${folder}/${file}`));
    expect(hash.digest('hex')).toBe(
      '3fcb8b0c1737adeff82e51b16c07ab617f2033de7dcf6ab6cddcea4fcbff1134',
    );
  });

  it('are asked in every language but English', () => {
    const expected = Object.keys(LANGUAGES).filter((lang) => lang !== 'en');
    expect(files).toEqual(expected.sort().map((lang) => `${lang}.json`));
  });

  it.each(files)('%s holds ten, each with an article of its own', (file) => {
    const { lang, questions } = JSON.parse(
      readFileSync(`${folder}/${file}`, 'utf8'),
    ) as QuestionFile;
    expect(file).toBe(`${lang}.json`);
    expect(questions).toHaveLength(10);
    expect(new Set(questions.map(({ article }) => article)).size).toBe(10);
    for (const { article } of questions) {
      expect(article).toBeGreaterThanOrEqual(1);
      expect(article).toBeLessThanOrEqual(30);
    }
  });
});
