import { describe, expect, it } from 'vitest';
import { odfReader } from '../../../src/corpus/readers/odf.js';
import { describeReader } from '../conformance.js';
import { odfOf } from './archives.js';
import { readingOf } from './reading.js';

const styles =
  '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>';
const letter = await odfOf(
  'text',
  '<text:p text:style-name="P1">Report</text:p><text:p>Summary.</text:p><text:h text:outline-level="1">Results</text:h><text:p>Good &amp; bad.</text:p>',
  { styles, meta: '<dc:language>th</dc:language>' },
);
describeReader({
  reader: odfReader,
  name: 'report.odt',
  sound: letter,
  holding: (text) => odfOf('text', `<text:p>${text}</text:p>`),
  documents: [{ id: 'report.odt', title: 'Report', lang: 'th', text: 'Summary.\n\nGood & bad.' }],
  broken: {
    'no archive': { data: 'Not a letter.', says: /cannot be read as OpenDocument/ },
    'half of an archive': { data: letter.subarray(0, 400), says: /cannot be read as OpenDocument/ },
    'no text': { data: await odfOf('text', ''), says: /contains no text/ },
    'an encrypted file': {
      data: await odfOf('text', '<text:p>x</text:p>', {
        more: {
          'META-INF/manifest.xml':
            '<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>',
        },
      }),
      says: /locked by a password/,
    },
  },
});

const sectionsOf = async (
  ...of: Parameters<typeof odfOf>
): Promise<readonly (readonly [string, string])[]> =>
  (await readingOf('a.odt', await odfOf(...of))).sections;

describe('OpenDocument text', () => {
  it('reads spaces, tabs, lines, notes, comments, ruby and frames', async () => {
    const body =
      '<text:p>The   jetty<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Repaired.</text:p></text:note-body></text:note> is<text:s text:c="2"/>new<text:line-break/>again<text:tab/>there<office:annotation><dc:creator>A</dc:creator><dc:date>2024</dc:date><text:p>Is it?</text:p></office:annotation>.</text:p>' +
      '<text:p><text:ruby><text:ruby-base>美術</text:ruby-base><text:ruby-text>びじゅつ</text:ruby-text></text:ruby>館<draw:frame><svg:title>alt</svg:title><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame></text:p>';
    expect(await sectionsOf('text', body)).toEqual([
      ['', 'The jetty is new\nagain\tthere.\n\nRepaired.\n\nIs it?\n\n美術館\n\nIn a box.'],
    ]);
  });

  it('takes tracked changes as accepted, and a row of a table as a line', async () => {
    const cells = (...texts: string[]): string =>
      `<table:table-row>${texts.map((text) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`).join('')}</table:table-row>`;
    const body = `<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>a<text:change/>b</text:p><table:table>${cells('Canoe', '12 euros')}${cells('Oar', '3 euros')}</table:table>`;
    expect(await sectionsOf('text', body)).toEqual([['', 'ab\n\nCanoe\t12 euros\n\nOar\t3 euros']]);
  });

  it('reads heads and feet of pages once, and equations of objects', async () => {
    const masters =
      '<style:master-page><style:header><text:p>Rowing club</text:p></style:header><style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></style:master-page><style:master-page><style:header><text:p>Rowing club</text:p></style:header></style:master-page>';
    const body =
      '<text:p>Where <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame> holds.</text:p>';
    const more = {
      'Object 1/content.xml':
        '<math><semantics><mrow><mi>v</mi><mo>=</mo><mi>s</mi></mrow><annotation>v = s</annotation></semantics></math>',
    };
    expect(await sectionsOf('text', body, { masters, more })).toEqual([
      ['', 'Rowing club\n\nWhere v=s holds.\n\nPage'],
    ]);
  });

  it('leaves hidden text out and says so, also in a flat file', async () => {
    const xml =
      '<office:document><office:meta><dc:title>Flat</dc:title></office:meta><office:automatic-styles><style:style style:name="T1"><style:text-properties text:display="none"/></style:style></office:automatic-styles><office:body><office:text><text:p>Seen.<text:span text:style-name="T1"> Secret.</text:span></text:p></office:text></office:body></office:document>';
    const { sections, notes, documents } = await readingOf('a.fodt', xml);
    expect(sections).toEqual([['', 'Seen.']]);
    expect(notes).toEqual(['hidden text is not read']);
    expect(documents[0].title).toBe('Flat');
  });
});

describe('OpenDocument sheets and slides', () => {
  it('has a section for each sheet, with values as shown', async () => {
    const body =
      '<table:table table:name="Boats"><table:table-row><table:table-cell office:value-type="float" office:value="0.125"><text:p>12.5 %</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row><table:table-row table:visibility="collapse"><table:table-cell><text:p>Secret.</text:p></table:table-cell></table:table-row></table:table><table:table table:name="Lookup" table:style-name="ta2"><table:table-row><table:table-cell><text:p>Secret.</text:p></table:table-cell></table:table-row></table:table>';
    const data = await odfOf('spreadsheet', body, {
      styles:
        '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>',
    });
    const { sections, notes } = await readingOf('a.ods', data);
    expect(sections).toEqual([['Boats', '12.5 %']]);
    expect(notes).toEqual(['a hidden row is not read', 'hidden sheet Lookup is not read']);
  });

  it('has every slide under its title, with its notes', async () => {
    const frame = (kind: string, text: string): string =>
      `<draw:frame presentation:class="${kind}"><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame>`;
    const body = `<draw:page>${frame('outline', 'Ash.')}${frame('title', 'Oars')}<presentation:notes>${frame('notes', 'Say hello.')}</presentation:notes></draw:page>`;
    expect((await readingOf('a.odp', await odfOf('presentation', body))).sections).toEqual([
      ['Oars', 'Ash.\n\nSay hello.'],
    ]);
  });
});
