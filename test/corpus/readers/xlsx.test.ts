import { describe, expect, it } from 'vitest';
import { xlsxReader } from '../../../src/corpus/readers/xlsx.js';
import { describeReader } from '../conformance.js';
import { xlsxOf } from './archives.js';
import { readingOf } from './reading.js';

const cell = (text: string): string => `<x:c t="inlineStr"><x:is><x:t>${text}</x:t></x:is></x:c>`;
const row = (...cells: string[]): string => `<x:row>${cells.join('')}</x:row>`;

const table = await xlsxOf([
  { name: 'Boats', rows: row(cell('Canoe'), '<x:c><x:v>12.5</x:v></x:c>') + row(cell('Oar')) },
  { name: 'People', rows: row(cell('Ms Ito')) },
]);
describeReader({
  reader: xlsxReader,
  name: 'my_list.xlsx',
  sound: table,
  holding: (text) => xlsxOf([{ name: '', rows: row(cell(text)) }]),
  documents: [{ id: 'my_list.xlsx', title: 'my list', text: 'Canoe\t12.5\n\nOar\n\nMs Ito' }],
  broken: {
    'no archive': { data: 'Not a table.', says: /cannot be read as Excel/ },
    'half of an archive': { data: table.subarray(0, 300), says: /cannot be read as Excel/ },
    'no text': { data: await xlsxOf([{ name: '', rows: '' }]), says: /contains no text/ },
  },
});

describe('Excel', () => {
  it('has a section for each sheet', async () => {
    expect((await readingOf('a.xlsx', table)).sections).toEqual([
      ['Boats', 'Canoe\t12.5\n\nOar'],
      ['People', 'Ms Ito'],
    ]);
  });

  it('shows values as cells do', async () => {
    const formats =
      '<numFmts><numFmt numFmtId="170" formatCode="[$-407]d/\\ mmmm\\ yyyy;@"/><numFmt numFmtId="171" formatCode="#,##0.00\\ &quot;day&quot;"/></numFmts><cellXfs>' +
      [0, 14, 170, 10, 171, 22, 20, 46].map((id) => `<xf numFmtId="${id}"/>`).join('') +
      '</cellXfs>';
    const value = (text: string, style: number): string =>
      row(`<x:c s="${style}"><x:v>${text}</x:v></x:c>`);
    const rows = [
      value('0.30000000000000004', 0),
      value('45292', 1),
      value('45292.75', 2),
      value('0.125', 3),
      value('7', 4),
      value('45292.75', 5),
      value('0.5', 6),
      value('1.5', 7),
      row('<x:c t="b"><x:v>1</x:v></x:c>', '<x:c t="str"><x:v>from a formula</x:v></x:c>'),
      row('<x:c t="e"><x:v>#REF!</x:v></x:c>'),
    ];
    const { sections } = await readingOf(
      'a.xlsx',
      await xlsxOf([{ name: 'S', rows: rows.join('') }], { formats }),
    );
    expect(sections[0][1].split('\n\n')).toEqual([
      '0.3',
      '2024-01-01',
      '2024-01-01',
      '12.5%',
      '7',
      '2024-01-01 18:00',
      '12:00',
      '36:00',
      'TRUE\tfrom a formula',
    ]);
  });

  it('joins the runs of shared strings, without readings', async () => {
    const strings =
      '<si><r><t>美術</t></r><r><t xml:space="preserve">館 </t></r><rPh><t>ビジュツカン</t></rPh></si><si><t>two_x000D_\nlines</t></si>';
    const rows = row('<x:c t="s"><x:v>0</x:v></x:c>', '<x:c t="s"><x:v>1</x:v></x:c>');
    const data = await xlsxOf([{ name: 'S', rows }], { strings });
    expect((await readingOf('a.xlsx', data)).sections).toEqual([['S', '美術館\ttwo lines']]);
  });

  it('leaves hidden sheets, rows and columns out and says so', async () => {
    const data = await xlsxOf([
      {
        name: 'Seen',
        columns: '<x:cols><x:col min="2" max="2" hidden="1"/></x:cols>',
        rows:
          '<x:row><x:c r="A1" t="str"><x:v>a</x:v></x:c><x:c r="B1" t="str"><x:v>secret</x:v></x:c><x:c r="C1" t="str"><x:v>c</x:v></x:c></x:row>' +
          '<x:row hidden="1"><x:c t="str"><x:v>secret</x:v></x:c></x:row>',
      },
      { name: 'Lookup', attributes: 'state="veryHidden"', rows: row(cell('secret')) },
    ]);
    const { sections, notes } = await readingOf('a.xlsx', data);
    expect(sections).toEqual([['Seen', 'a\tc']]);
    expect(notes).toEqual([
      'hidden rows or columns of sheet Seen are not read',
      'hidden sheets are not read: Lookup',
    ]);
  });

  it('reads comments, text boxes and charts behind the rows', async () => {
    const data = await xlsxOf(
      [
        {
          name: 'S',
          rows: row(cell('a')),
          relationships: {
            k: ['comments', '../comments1.xml'],
            d: ['drawing', '../drawings/d.xml'],
          },
        },
      ],
      {
        more: {
          'xl/comments1.xml':
            '<comments><authors><author>Ms Ito</author></authors><commentList><comment><text><r><t>Check </t></r><r><t>this.</t></r></text></comment></commentList></comments>',
          'xl/drawings/d.xml':
            '<xdr:wsDr><xdr:sp><xdr:txBody><a:p><a:r><a:t>In a box.</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>',
          'xl/drawings/_rels/d.xml.rels':
            '<Relationships><Relationship Id="c" Type="t/chart" Target="/xl/charts/c.xml"/></Relationships>',
          'xl/charts/c.xml':
            '<c:chartSpace><c:title><a:p><a:r><a:t>Speed</a:t></a:r></a:p></c:title></c:chartSpace>',
        },
      },
    );
    expect((await readingOf('a.xlsx', data)).sections).toEqual([
      ['S', 'a\n\nCheck this.\n\nIn a box.\n\nSpeed'],
    ]);
  });
});
