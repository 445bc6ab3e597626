import { describe, expect, it } from 'vitest';
import { rtfReader } from '../../../src/corpus/readers/rtf.js';
import { describeReader } from '../conformance.js';
import { readingOf } from './reading.js';

/** As Word writes them: with the character that programs without Unicode show behind each. */
const escaped = (text: string): string =>
  text
    .split('')
    .map((c) => (c < '\x80' ? c : `\\u${(c.charCodeAt(0) << 16) >> 16}?`))
    .join('');

const STYLES = '{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}{\\s2 heading 2;}{\\s9 Title;}}';

describeReader({
  reader: rtfReader,
  name: 'report.rtf',
  sound: `{\\rtf1\\ansi ${STYLES}{\\info{\\title Ignored}{\\author Nobody}}\\pard\\s9 Report\\par\\pard Summary.\\par\\pard\\s1 Results\\par\\pard Good {\\b &} bad.\\par}`,
  holding: (text) => `{\\rtf1\\ansi ${escaped(text)}\\par}`,
  documents: [{ id: 'report.rtf', title: 'Report', text: 'Summary.\n\nGood & bad.' }],
  broken: {
    'no RTF': { data: 'Not RTF.', says: /cannot be read as RTF/ },
    'no text': { data: '{\\rtf1 }', says: /contains no text/ },
  },
});

const textOf = async (body: string): Promise<string> =>
  (await readingOf('a.rtf', `{\\rtf1\\ansi\\ansicpg1252 ${body}}`)).sections
    .map(([, text]) => text)
    .join('\n\n');

describe('RTF', () => {
  it('has sections under headings, by style or outline level', async () => {
    const body = `${STYLES}\\pard\\s1 Boats\\par\\pard\\s2 Oars\\par{\\pard a\\par}\\pard\\outlinelevel1 Sails\\par\\pard b\\par`;
    expect((await readingOf('a.rtf', `{\\rtf1 ${body}}`)).sections).toEqual([
      ['Oars', 'a'],
      ['Sails', 'b'],
    ]);
  });

  it('reads bytes in the code page of their font', async () => {
    const fonts =
      '{\\fonttbl{\\f0\\fnil Arial;}{\\f1\\fcharset128 Mincho;}{\\f2\\fcharset204 Cyr;}{\\f3\\fcharset222 Thai;}{\\f4\\fcharset2 Symbol;}{\\f5\\fcharset178 Arab;}{\\f6\\fcharset134 Sun;}}';
    // The second byte of a pair may be a letter: 0x83 0x41 is katakana a.
    const body = `${fonts}\\f0 caf\\'e9 {\\f1 \\'93\\'8c\\'8b\\'9e\\'83A} {\\f2 \\'cc\\'ee\\'f1\\'ea\\'e2\\'e0} {\\f3 \\'c0\\'d2\\'c9\\'d2} {\\f4 \\'b7\\'61} {\\f5 \\'e3\\'d1\\'cd\\'c8\\'c7} {\\f6 \\'d6\\'d0\\'b9\\'fa} end\\par`;
    expect(await textOf(body)).toBe('café 東京ア Москва ภาษา •a مرحبا 中国 end');
  });

  it('reads Unicode with any number of characters that stand for it', async () => {
    expect(
      await textOf(
        "\\uc2 \\u26481\\'93\\'8c\\u20140\\'8b\\'9e{\\uc0\\u33 }\\uc1 \\u-10179 ?\\u-8704 ?",
      ),
    ).toBe('東京!😀');
    expect(await textOf('{\\upr{ABC}{\\*\\ud{\\u26481?}}} x')).toBe('東 x');
  });

  it('reads tables as rows, notes behind their paragraph, fields and boxes', async () => {
    const rows =
      '\\trowd\\cellx1\\cellx2\\pard\\intbl Canoe\\cell 12\\par euros\\cell\\row\\trowd\\intbl Oar\\cell 3 euros\\cell\\row\\pard';
    expect(await textOf(rows)).toBe('Canoe\t12 euros\n\nOar\t3 euros');
    const body =
      '\\pard The jetty{\\footnote\\pard{\\super\\chftn} Repaired.} is {\\field{\\*\\fldinst HYPERLINK "http://x.org"}{\\fldrslt new}}.{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt\\pard In a box.\\par}}}\\par Then.\\par';
    expect(await textOf(body)).toBe('The jetty is new.\n\nRepaired.\n\nIn a box.\n\nThen.');
  });

  it('leaves out what is no text, and says what is hidden', async () => {
    const body =
      '{\\header Rowing club\\par}{\\header Rowing club\\par}{\\colortbl;\\red0;}{\\pict 0102ff}{\\*\\unheard of}{\\object{\\*\\objdata 00ff}{\\result\\pard Shown.}}\\bin3 {}}a\\~b{\\v secret}{\\deleted gone}\\emdash \\lquote c\\rquote  50\\% soft\\-ly';
    const { sections, notes } = await readingOf('a.rtf', `{\\rtf1 ${body}}`);
    expect(sections).toEqual([['', 'Rowing club\n\nShown.a\u00a0b—‘c’ 50% softly']]);
    expect(notes).toEqual(['hidden text is not read']);
  });

  it('says that its end is missing, and which code page it does not know', async () => {
    expect((await readingOf('a.rtf', '{\\rtf1 a {\\b b')).notes).toEqual(['its end is missing']);
    expect((await readingOf('a.rtf', "{\\rtf1\\ansicpg1361 \\'e9}")).notes).toEqual([
      'code page 1361 is read as windows-1252',
    ]);
  });
});
