/** Folders of evaluation data that a test makes, and the test collections in them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Collection,
  poolOf,
  testCollectionOf,
} from '../../../src/evaluate/data/collection.js';

/** @param files text or bytes by name; anything else is written as JSON */
export function folder(files: Record<string, unknown>): string {
  const directory = mkdtempSync(join(tmpdir(), 'xqg-data-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    const text =
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** A test collection with its pool as an array. */
export const pair = (data: Collection, queryLang: string, passageLang: string) => ({
  ...testCollectionOf(data, queryLang, passageLang),
  passages: [...poolOf(data, passageLang)],
});
