/** One row of recorded queries. Knows no file. */
import { counted } from '../corpus/place.js';
import { XqgError } from '../errors/error.js';

export interface RecordedRow {
  readonly id: string;
  /** By language, in the order in which they were generated. */
  readonly queries: ReadonlyMap<string, readonly string[]>;
}

/**
 * @param file names the place in errors
 * @throws XqgError XQG_RECORDED_ROW
 */
export function parseRecordedRow(text: string, file: string, line: number): RecordedRow {
  const broken = (reason: string) => new XqgError('XQG_RECORDED_ROW', { file, line: counted(line), reason });
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw broken(`not JSON (${(error as Error).message})`);
  }
  const { docid, generated_queries: generated } = (row ?? {}) as Record<string, unknown>;
  const id = typeof docid === 'number' ? String(docid) : docid;
  if (typeof id !== 'string' || id === '') throw broken('no "docid"');
  if (typeof generated !== 'object' || generated === null || Array.isArray(generated)) {
    throw broken(`no "generated_queries" by language for "${id}"`);
  }
  const queries = new Map<string, readonly string[]>();
  for (const [lang, list] of Object.entries(generated)) {
    if (!Array.isArray(list) || !list.every((query) => typeof query === 'string')) {
      throw broken(`the queries in "${lang}" for "${id}" are no list of texts`);
    }
    queries.set(lang, list);
  }
  return { id, queries };
}
