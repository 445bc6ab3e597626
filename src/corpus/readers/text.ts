/** Plain text: paragraphs are separated by empty lines; the title is the name of the file. */
import { basename } from 'node:path';
import { decodeWhole } from '../../base/text-file.js';
import { unwrapLines } from '../lines.js';
import { byTextExtension, type CorpusReader, encodingNote, titleFromPath } from '../reader.js';

const extensions = ['.txt', '.text', '.rst', '.adoc', '.asciidoc', '.org', '.tex', '.srt', '.vtt'];
const matchesExtension = byTextExtension(...extensions);
/** Files that have no extension by convention. */
const NAMES =
  /^(?:README|LICEN[CS]E|COPYING|NOTICE|CHANGELOG|CHANGES|AUTHORS|CONTRIBUTING|INSTALL|TODO)$/i;

const isSubtitles = byTextExtension('.srt', '.vtt');

export const textReader: CorpusReader = {
  name: 'plain text',
  extensions,
  matches: (path) => matchesExtension(path) || NAMES.test(basename(path)),
  async *read({ path, id, source }, { onNote } = {}) {
    const whole = await decodeWhole(path, undefined, encodingNote(path, onNote));
    const text = isSubtitles(path) ? withoutTimes(whole) : whole;
    yield {
      id,
      source,
      path,
      title: titleFromPath(path),
      metadata: {},
      blocks: [{ headings: [], text: unwrapLines(text) }],
    };
  },
};

/** Subtitles without the numbers, times and markup of their cues. */
function withoutTimes(text: string): string {
  const time = String.raw`(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}`;
  return text
    .replace(/^WEBVTT[^\n]*\n(?:[^\n]+\n)*/, '')
    .replace(/^(?:NOTE|STYLE|REGION)(?:[ \t][^\n]*)?\n(?:[^\n]+\n)*/gm, '')
    .replace(new RegExp(`^(?:[^\\n]*\\n)?${time}[ \\t]+-->[ \\t]+${time}[^\\n]*\\n`, 'gm'), '')
    .replace(/<\/?[a-z][^>\n]*>|<\d[\d:.]*>|\{\\an?\d\}/gi, '');
}
