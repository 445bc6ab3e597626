import { describe, expect, it } from 'vitest';
import { pptxReader } from '../../../src/corpus/readers/pptx.js';
import { describeReader } from '../conformance.js';
import { pptxOf, type Slide, shapeXml } from './archives.js';
import { readingOf } from './reading.js';

const slides = await pptxOf([
  { content: shapeXml('subTitle', 'A talk.') + shapeXml('title', 'Rowing') },
  { content: shapeXml('title', 'Oars') + shapeXml('body', 'Ash.', 'Spruce.') },
]);
describeReader({
  reader: pptxReader,
  name: 'talk.pptx',
  sound: slides,
  holding: (text) => pptxOf([{ content: shapeXml('body', text) }]),
  documents: [{ id: 'talk.pptx', title: 'Rowing', text: 'A talk.\n\nAsh.\n\nSpruce.' }],
  broken: {
    'no archive': { data: 'Not a talk.', says: /cannot be read as PowerPoint/ },
    'half of an archive': { data: slides.subarray(0, 300), says: /cannot be read as PowerPoint/ },
    'no text': { data: await pptxOf([{ content: '' }]), says: /contains no text/ },
    'an encrypted file': {
      data: Buffer.concat([
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        Buffer.alloc(600),
        Buffer.from('EncryptedPackage', 'utf16le'),
      ]),
      says: /locked by a password/,
    },
  },
});

describe('PowerPoint', () => {
  it('has the slides in order, each under its title', async () => {
    expect((await readingOf('a.pptx', slides)).sections).toEqual([
      ['Rowing', 'A talk.'],
      ['Oars', 'Ash.\n\nSpruce.'],
    ]);
  });

  it('reads groups, tables, fields, equations and line breaks', async () => {
    const row = (...cells: string[]): string =>
      `<a:tr>${cells.map((cell) => `<a:tc><a:txBody><a:p><a:r><a:t>${cell}</a:t></a:r></a:p></a:txBody></a:tc>`).join('')}</a:tr>`;
    const content = [
      `<p:grpSp>${shapeXml('', 'In a group.')}</p:grpSp>`,
      `<p:graphicFrame><a:graphic><a:tbl>${row('Canoe', '12 euros')}${row('Oar', '3 euros')}</a:tbl></a:graphic></p:graphicFrame>`,
      '<p:sp><p:txBody><a:p><a:r><a:t>Two</a:t></a:r><a:br/><a:r><a:t>lines</a:t></a:r></a:p></p:txBody></p:sp>',
      '<mc:AlternateContent><mc:Choice><p:sp><p:txBody><a:p><a14:m><m:oMath><m:r><m:t>v=s/t</m:t></m:r></m:oMath></a14:m></a:p></p:txBody></p:sp></mc:Choice><mc:Fallback><p:sp><p:txBody><a:p><a:r><a:t> </a:t></a:r></a:p></p:txBody></p:sp></mc:Fallback></mc:AlternateContent>',
      '<p:sp><p:nvSpPr><p:nvPr><p:ph type="sldNum"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sp>',
    ];
    const { sections } = await readingOf('a.pptx', await pptxOf([{ content: content.join('') }]));
    expect(sections).toEqual([
      ['', 'In a group.\n\nCanoe\t12 euros\n\nOar\t3 euros\n\nTwo\nlines\n\nv=s/t'],
    ]);
  });

  it('reads notes, comments, diagrams and charts, and a footer once', async () => {
    const content = (i: number): string =>
      `${shapeXml('title', `Slide ${'AB'[i]}`)}${shapeXml('ftr', 'Rowing club')}<p:graphicFrame><dgm:relIds r:dm="d${i}"/></p:graphicFrame><p:graphicFrame><c:chart r:id="c${i}"/></p:graphicFrame>`;
    const data = await pptxOf(
      [0, 1].map(
        (i): Slide => ({
          content: content(i),
          relationships:
            i === 0
              ? {
                  n: ['notesSlide', '../notesSlides/n.xml'],
                  k: ['comments', '../comments/k.xml'],
                  d0: ['diagramData', '../diagrams/d.xml'],
                  c0: ['chart', '../charts/c.xml'],
                }
              : {},
        }),
      ),
      {
        'ppt/notesSlides/n.xml': `<p:notes>${shapeXml('sldNum', '1')}${shapeXml('body', 'Say hello.')}</p:notes>`,
        'ppt/comments/k.xml': '<p:cmLst><p:cm><p:text>Is it so?</p:text></p:cm></p:cmLst>',
        'ppt/diagrams/d.xml':
          '<dgm:dataModel><dgm:pt><dgm:t><a:p><a:r><a:t>Catch</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>',
        'ppt/charts/c.xml':
          '<c:chartSpace><c:title><a:p><a:r><a:t>Speed</a:t></a:r></a:p></c:title><c:ser><c:tx><c:strCache><c:pt><c:v>Eight</c:v></c:pt></c:strCache></c:tx><c:cat><c:pt><c:v>May</c:v></c:pt></c:cat><c:val><c:pt><c:v>19</c:v></c:pt></c:val></c:ser></c:chartSpace>',
      },
    );
    expect((await readingOf('a.pptx', data)).sections).toEqual([
      ['Slide A', 'Rowing club\n\nCatch\n\nSpeed\n\nEight\tMay\t19\n\nSay hello.\n\nIs it so?'],
      ['', 'Slide B'],
    ]);
  });

  it('leaves hidden slides out and names them', async () => {
    const data = await pptxOf([
      { content: shapeXml('body', 'Seen.') },
      { content: shapeXml('body', 'Secret.'), attributes: 'show="0"' },
      { content: '<p:pic/>' },
    ]);
    const { sections, notes } = await readingOf('a.pptx', data);
    expect(sections).toEqual([['', 'Seen.']]);
    expect(notes).toEqual(['hidden slides are not read: 2', 'slides of pictures alone: 3']);
  });
});
