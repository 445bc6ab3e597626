import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorDocs } from '../../scripts/error-docs-text.js';
import { catalogue } from '../../src/base/error-catalogue.js';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith(join('base', 'errors')))
  .map((path) => ({ path, text: readFileSync(join('src', path), 'utf8') }));
const codes = Object.keys(catalogue);

describe('the catalogue of errors', () => {
  it('is documented as it is (npm run docs:errors)', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorDocs(catalogue));
  });

  it.each(codes)('%s is raised somewhere', (code) => {
    expect(sources.some(({ text }) => text.includes(`'${code}'`))).toBe(true);
  });

  it('holds every code that the sources name', () => {
    const named = new Set(
      sources.flatMap(({ text }) => text.match(/\bXQG_[A-Z][A-Z_]+[A-Z]\b/g) ?? []),
    );
    const variables = new Set(
      sources.flatMap(({ text }) => text.match(/(?<=process\.env\.)XQG_[A-Z_]+/g) ?? []),
    );
    expect([...named].filter((code) => !codes.includes(code) && !variables.has(code))).toEqual([]);
  });

  it.each(Object.entries(catalogue))('%s says what to do', (_, { message, remedy }) => {
    expect(message.trim()).not.toBe('');
    expect(remedy.trim()).not.toBe('');
  });
});
