/** Reads the trained parameters of Punkt as NLTK distributes them (`punkt_tab/english`). */
import { join } from 'node:path';
import { lineError, readLines } from '../../data/lines.js';
import type { PunktParameters } from './punkt.js';

const ABBREVIATIONS = 'abbrev_types.txt';
const COLLOCATIONS = 'collocations.tab';
const STARTERS = 'sent_starters.txt';
const ORTHOGRAPHY = 'ortho_context.tab';

/** The paths of the four files in a folder. */
export function punktFiles(folder: string): string[] {
  return [ABBREVIATIONS, COLLOCATIONS, STARTERS, ORTHOGRAPHY].map((name) => join(folder, name));
}

/**
 * @throws XqgError XQG_EVALUATION_FILE when one of the four files cannot be read
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed
 */
export async function loadPunkt(folder: string): Promise<PunktParameters> {
  const read = async (name: string) => {
    const lines: string[] = [];
    for await (const { text } of readLines(join(folder, name))) lines.push(text);
    return lines;
  };
  const orthography = new Map<string, number>();
  const file = join(folder, ORTHOGRAPHY);
  for await (const { number, text } of readLines(file)) {
    const [word, flags] = text.split('\t');
    if (!/^\d+$/.test(flags ?? ''))
      throw lineError(file, number, 'no number', 'Download punkt_tab again.');
    orthography.set(word, Number(flags));
  }
  return {
    abbreviations: new Set(await read(ABBREVIATIONS)),
    collocations: new Set(await read(COLLOCATIONS)),
    starters: new Set(await read(STARTERS)),
    orthography,
  };
}
