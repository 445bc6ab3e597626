/**
 * Text about no passage in particular, for the control `general` of experiments/controls.yaml:
 * sentences of the bitexts that packs are trained on, evenly spread over each of them.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Sentences of each language. */
const SENTENCES = 150;

/**
 * Writes JSONL of {lang, text}.
 * @param bitexts folder of en-LANG.tsv.gz
 */
export function writeGeneralText(bitexts: string, file: string): void {
  const rows: string[] = [];
  for (const name of readdirSync(bitexts).sort()) {
    const [, lang] = /^en-(\w+)\.tsv\.gz$/.exec(name) ?? [];
    if (lang === undefined) continue;
    const lines = gunzipSync(readFileSync(join(bitexts, name)))
      .toString('utf8')
      .split('\n');
    const sentences = lines.map((line) => line.split('\t')).filter(isSentence);
    for (let i = 0; i < SENTENCES; i++) {
      const [, text] = sentences[Math.floor((i * sentences.length) / SENTENCES)];
      rows.push(`${JSON.stringify({ lang, text })}\n`);
    }
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, rows.join(''));
}

/** By its English side, since other languages end and count differently. */
function isSentence([english = '', text = '']: readonly string[]): boolean {
  const words = english.split(' ').length;
  return text !== '' && words >= 6 && words <= 40 && /[.?!]$/.test(english);
}
