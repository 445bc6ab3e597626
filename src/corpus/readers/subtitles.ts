/** Subtitles (SubRip, WebVTT) without the numbers, times and markup of their cues. */
import { decodeWhole } from '../../base/text-file.js';
import { byTextExtension, type CorpusReader, encodingNote, fileDocument } from '../reader.js';

const extensions = ['.srt', '.vtt'];

export const subtitleReader: CorpusReader = {
  name: 'subtitles',
  extensions,
  matches: byTextExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const text = textOf(await decodeWhole(path, undefined, encodingNote(path, onNote)));
    yield fileDocument(file, { blocks: text === '' ? [] : [{ headings: [], text }] });
  },
};

const TIME = String.raw`(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}`;
/** The times of a cue, with the line that names or counts it. */
const CUE = new RegExp(`^(?:[^\\n]*\\n)?${TIME}[ \\t]+-->[ \\t]+${TIME}[^\\n]*\\n?`, 'gm');

function textOf(file: string): string {
  return file
    .replaceAll('\r\n', '\n')
    .replace(/^WEBVTT[^\n]*\n(?:[^\n]+\n)*/, '')
    .replace(/^(?:NOTE|STYLE|REGION)(?:[ \t][^\n]*)?\n(?:[^\n]+\n)*/gm, '')
    .replace(CUE, '')
    .replace(/<\/?[a-z][^>\n]*>|<\d[\d:.]*>|\{\\an?\d\}/gi, '')
    .trim();
}
