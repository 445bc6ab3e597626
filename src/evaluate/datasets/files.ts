/** What identifies a file of a data set. Knows no data set. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { unreadable } from '../lines.js';
import type { DataSource } from './collection.js';

/** The sha256 (hex) of a file of any size. Throws XQG_EVALUATION_FILE where it cannot be read. */
export async function sourceOf(file: string): Promise<DataSource> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  } catch (error) {
    throw unreadable(file, error);
  }
  return { file: basename(file), sha256: hash.digest('hex') };
}
