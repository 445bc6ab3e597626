import { describe, expect, it } from 'vitest';
import { codeReader } from '../../../src/corpus/readers/code.js';
import { notebookReader } from '../../../src/corpus/readers/notebook.js';
import { describeReader } from '../conformance.js';
import { readingOf } from './reading.js';

const notebook = (...cells: unknown[]): string => JSON.stringify({ nbformat: 4, cells });
const markdown = (...source: string[]): unknown => ({ cell_type: 'markdown', source });

describeReader({
  reader: notebookReader,
  name: 'tides.ipynb',
  sound: notebook(markdown('# Tides\n', 'Of the *sea*.'), { cell_type: 'code', source: 'a = 1' }),
  holding: (text) => notebook(markdown(text)),
  documents: [{ id: 'tides.ipynb', title: 'Tides', text: 'Of the sea.\n\na = 1' }],
  broken: {
    'no JSON': { data: '{"cells": [}', says: /cannot be read as a notebook: not valid JSON/ },
    'no cells': { data: '{"a": 1}', says: /it has no list "cells"/ },
    'no text': { data: notebook({ cell_type: 'code', source: [] }), says: /contains no text/ },
  },
});

describe('notebooks', () => {
  it('have cells and outputs that are text, and name pictures', async () => {
    const code = {
      cell_type: 'code',
      source: ['if a < b:\n', '    print("<p>")'],
      outputs: [
        { output_type: 'stream', text: ['\u001b[31mred\u001b[0m\n'] },
        {
          output_type: 'execute_result',
          data: {
            'text/plain': ['   a\n0  1'],
            'text/html': '<style>td {}</style><table><tr><th>Boat</th><td>Canoe</td></tr></table>',
          },
        },
        {
          output_type: 'display_data',
          data: { 'image/png': 'AAAA', 'text/plain': '<Figure size 640x480>' },
        },
        { output_type: 'error', ename: 'KeyError', evalue: "'oar'" },
      ],
    };
    const { sections, notes } = await readingOf('a.ipynb', notebook(markdown('## Boats'), code));
    expect(sections).toEqual([
      ['Boats', 'if a < b:\nprint("<p>")\n\nred\n\nBoat\tCanoe\n\nKeyError: \'oar\''],
    ]);
    expect(notes).toEqual(['outputs that are pictures alone: 1']);
  });

  it('are read in their older format', async () => {
    const data = JSON.stringify({
      worksheets: [
        {
          cells: [
            { cell_type: 'heading', level: 2, source: 'Boats' },
            { cell_type: 'code', input: 'row()' },
          ],
        },
      ],
    });
    expect((await readingOf('a.ipynb', data)).sections).toEqual([['Boats', 'row()']]);
  });
});

describeReader({
  reader: codeReader,
  name: 'tide_table.py',
  sound: 'def low_water(day):\r\n    return day\r\n',
  holding: (text) => text,
  documents: [
    {
      id: 'tide_table.py',
      title: 'tide_table.py',
      lang: 'en',
      text: 'def low_water(day):\n    return day\n',
    },
  ],
  broken: { 'a NUL byte': { data: Buffer.from('a = 1\0'), says: /NUL byte/ } },
});

describe('source code', () => {
  const langOf = async (code: string): Promise<string | undefined> =>
    (await readingOf('a.ts', code)).documents[0].lang;

  it('is in the language of its comments and strings', async () => {
    const body = 'export function add(a: number, b: number): number {\n  return a + b;\n}\n';
    expect(await langOf(body)).toBe('en');
    expect(
      await langOf(`// Berechnet die Höhe des Wassers für jeden Tag des Jahres.\n${body}`),
    ).toBe('de');
    expect(
      await langOf(
        `/* 潮の高さを一日ごとに計算して、表に書き込みます。港の人が使います。毎日の仕事に必要な関数です。 */\n${body}`,
      ),
    ).toBe('ja');
  });

  it('is not what programs write for programs', () => {
    expect(codeReader.matches('/a/lib.min.js')).toBe(false);
    expect(codeReader.matches('/a/yarn.lock')).toBe(false);
    expect(codeReader.sniff?.(`a\n${'x'.repeat(6000)}`)).toBe(false);
    expect(codeReader.matches('/a/Makefile')).toBe(true);
  });
});
