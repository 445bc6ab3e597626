import { describe, expect, it } from 'vitest';
import { pdfWithCharacterMap } from '../../base/bytes.js';
import { pdfWith, textAt } from './pdf-files.js';
import { readingOf } from './reading.js';

const textOf = async (data: Buffer): Promise<string> =>
  (await readingOf('a.pdf', data)).sections.map(([, text]) => text).join('\n\n');

describe('layers', () => {
  const layers = (on: string): string =>
    `/OCProperties << /OCGs [4 0 R 5 0 R] /D << /BaseState /ON ${on} >> >>`;
  const extra = ['<< /Type /OCG /Name (Draft) >>', '<< /Type /OCG /Name (Final) >>'];
  const resources = '/Properties << /A 4 0 R /B 5 0 R >>';
  const content = `${textAt(50, 700, 'Text.')}/OC /A BDC ${textAt(50, 680, 'Secret.')} EMC /OC /B BDC ${textAt(50, 660, 'Shown.')} EMC ${textAt(50, 640, 'End.')}`;

  it('that are off are left out and named', async () => {
    const data = pdfWith([{ content, resources }], { catalog: layers('/OFF [4 0 R]'), extra });
    const { sections, notes } = await readingOf('a.pdf', data);
    expect(sections[0][1].split(/\n+/)).toEqual(['Text.', 'Shown.', 'End.']);
    expect(notes).toEqual(['hidden layers are not read: Draft']);
  });

  it('that are on are read', async () => {
    const data = pdfWith([{ content, resources }], { catalog: layers(''), extra });
    expect(await textOf(data)).toContain('Secret.');
  });
});

describe('encrypted files', () => {
  const pages = [{ content: textAt(50, 700, 'Locked away.') }];

  it('are read where no password is needed', async () => {
    expect(await textOf(pdfWith(pages, { password: '' }))).toBe('Locked away.');
  });

  it('are named with the reason where one is', async () => {
    const { failures } = await readingOf('a.pdf', pdfWith(pages, { password: 'oars' }));
    expect(failures[0].message).toMatch(/it is locked by a password/);
  });
});

const LEFT = [
  'The boat house stands on the bank',
  'of the river, where the water is',
  'deep enough for an eight in each',
  'season. Its doors open at seven',
  'in the morning and close when it',
  'gets dark. The key hangs beside',
  'the door of the caretaker.',
];
const RIGHT = [
  'Oars are kept in the second bay.',
  'They are oiled twice a year, and',
  'whoever breaks one reports it to',
  'the office. Spare ones are there',
  'too, behind the trailer, and may',
  'be borrowed for a day. Nobody is',
  'asked to pay for old damage.',
];

describe('columns', () => {
  it('are read one after the other, also where lines are drawn across both', async () => {
    const content = LEFT.map(
      (line, i) => textAt(50, 700 - 14 * i, line) + textAt(320, 700 - 14 * i, RIGHT[i]),
    ).join('');
    const title = textAt(50, 740, 'Rules of the rowing club of the town by the river and its lake');
    const text = (await textOf(pdfWith([{ content: title + content }]))).replace(/\s+/g, ' ');
    expect(text).toContain(LEFT.join(' '));
    expect(text).toContain(RIGHT.join(' '));
    expect(text).toMatch(/^Rules.*caretaker\. Oars/);
  });

  it('may be three', async () => {
    const middle = [
      'The trailer is green and holds',
      'four eights or nine singles at',
      'a time. Its lights are tested',
      'before each trip by the driver',
      'and again by whoever rides on',
      'the other seat. Straps hang at',
      'the wall beside the big door.',
    ];
    const content = LEFT.map(
      (line, i) =>
        textAt(20, 700 - 14 * i, line.slice(0, 30)) +
        textAt(215, 700 - 14 * i, middle[i]) +
        textAt(410, 700 - 14 * i, RIGHT[i].slice(0, 30)),
    ).join('');
    const text = (await textOf(pdfWith([{ content }]))).replace(/\s+/g, ' ');
    expect(text).toContain(middle.join(' '));
  });

  it('are read as they are drawn where they are drawn one after the other', async () => {
    const column = (lines: readonly string[], x: number): string =>
      lines.map((line, i) => textAt(x, 700 - 14 * i, line)).join('');
    const content = column(LEFT, 50) + column(RIGHT, 320);
    const text = (await textOf(pdfWith([{ content }]))).replace(/\s+/g, ' ');
    expect(text).toBe([...LEFT, ...RIGHT].join(' '));
  });
});

const TABLE = [
  ['Boat', 'Seats', 'Price'],
  ['Canoe', '2', '12 euros'],
  ['Skiff', '1', '9 euros'],
  ['Barge', '12', '80 euros'],
];

describe('tables', () => {
  const rows = TABLE.map((row) => row.join('\t')).join('\n');
  const cell = (row: number, column: number): string =>
    textAt(50 + 150 * column, 700 - 20 * row, TABLE[row][column]);

  it('are read by rows, whether they are drawn by rows or by columns', async () => {
    const byRows = TABLE.flatMap((row, r) => row.map((_, c) => cell(r, c))).join('');
    expect(await textOf(pdfWith([{ content: byRows }]))).toBe(rows);
    const byColumns = [0, 1, 2].flatMap((c) => TABLE.map((_, r) => cell(r, c))).join('');
    const before = textAt(50, 740, 'Prices');
    expect(await textOf(pdfWith([{ content: before + byColumns }]))).toMatch(
      new RegExp(`^Prices\n+${rows}$`),
    );
  });

  it('are read by rows where a tagged file says which, with cells of several lines', async () => {
    const texts = [
      ['Canoe', 'In the first bay'],
      ['Skiff', 'Behind the trailer'],
    ];
    let mark = 0;
    const content = texts
      .flatMap((row, r) =>
        row.map((text, c) => {
          const lines = text.split(/ (?=bay|trailer)/);
          const drawn = lines.map((line, i) => textAt(50 + 90 * c, 700 - 40 * r - 14 * i, line));
          return `/TD << /MCID ${mark++} >> BDC ${drawn.join('')} EMC\n`;
        }),
      )
      .join('');
    const cells = [0, 1, 2, 3].map(
      (id) => `<< /Type /StructElem /S /TD /P ${id < 2 ? 6 : 7} 0 R /Pg 13 0 R /K ${id} >>`,
    );
    const extra = [
      '<< /Type /StructTreeRoot /K 5 0 R /ParentTree 12 0 R >>',
      '<< /Type /StructElem /S /Table /P 4 0 R /K [6 0 R 7 0 R] >>',
      '<< /Type /StructElem /S /TR /P 5 0 R /K [8 0 R 9 0 R] >>',
      '<< /Type /StructElem /S /TR /P 5 0 R /K [10 0 R 11 0 R] >>',
      ...cells,
      '<< /Nums [0 [8 0 R 9 0 R 10 0 R 11 0 R]] >>',
    ];
    const catalog = '/StructTreeRoot 4 0 R /MarkInfo << /Marked true >>';
    const data = pdfWith([{ content, entries: '/StructParents 0' }], { catalog, extra });
    expect(await textOf(data)).toBe('Canoe\tIn the first bay\n\nSkiff\tBehind the trailer');
  });
});

describe('pages', () => {
  it('have running heads of odd and even pages once, and numbers of rows always', async () => {
    const pages = Array.from({ length: 8 }, (_, i) => ({
      content:
        textAt(50, 760, i % 2 === 0 ? `Rowing ${i + 11}` : `${i + 11} On the river`) +
        textAt(50, 700, `Body ${'abcdefgh'[i]}.`) +
        textAt(50, 680, `More ${'abcdefgh'[i]}.`) +
        textAt(50, 660, `${i * 17 + 3} ${i * 5 + 40}`) +
        textAt(50, 40, `Page ${i + 11} of 30`),
    }));
    const text = await textOf(pdfWith(pages));
    expect(text.match(/Rowing/g)).toHaveLength(1);
    expect(text.match(/On the river/g)).toHaveLength(1);
    expect(text.match(/Page/g)).toHaveLength(1);
    for (let i = 0; i < 8; i++) expect(text).toContain(`${i * 17 + 3} ${i * 5 + 40}`);
  });

  it('have bold text that is drawn twice once', async () => {
    const twice = textAt(50, 700, 'Attention') + textAt(50.4, 700, 'Attention');
    expect(await textOf(pdfWith([{ content: `${twice}${textAt(50, 680, 'Wet paint.')}` }]))).toBe(
      'Attention\nWet paint.',
    );
  });

  it('have words whose letters are set apart, and signs of vertical lines', async () => {
    const content = 'BT /F1 12 Tf 5 Tc 1 0 0 1 50 700 Tm (SPACED) Tj ET';
    expect(await textOf(pdfWith([{ content }]))).toBe('SPACED');
    const vertical = pdfWithCharacterMap(['駅は西にあります。'], 'UniJIS-UTF16-V', 'Japan1');
    expect(await textOf(vertical)).toBe('駅は西にあります。');
  });

  it('have what is filled into forms and noted on them; attached files are named', async () => {
    const extra = [
      '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ms Ito) /Rect [50 600 200 620] >>',
      '<< /Type /Annot /Subtype /Text /Contents (Check this.) /Rect [50 500 70 520] >>',
      '<< /Names [(plan.dwg) << /Type /Filespec /F (plan.dwg) /UF (plan.dwg) /EF << /F 7 0 R >> >>] >>',
      '<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream',
    ];
    const catalog = '/AcroForm << /Fields [4 0 R] >> /Names << /EmbeddedFiles 6 0 R >>';
    const page = { content: textAt(50, 700, 'Name:'), entries: '/Annots [4 0 R 5 0 R]' };
    const { sections, notes } = await readingOf('a.pdf', pdfWith([page], { catalog, extra }));
    expect(sections[0][1].split(/\n+/)).toEqual(['Name:', 'Ms Ito', 'Check this.']);
    expect(notes).toEqual(['attachments are not read: plan.dwg']);
  });
});
