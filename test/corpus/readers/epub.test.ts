import { describe, expect, it } from 'vitest';
import { epubReader } from '../../../src/corpus/readers/epub.js';
import { describeReader } from '../conformance.js';
import { epubOf } from './archives.js';
import { readingOf } from './reading.js';

const book = await epubOf(
  ['<h1>First</h1><p>One.</p>', '<h1>Second</h1><h2>Inner</h2><p>Two.</p>'],
  {},
  '<dc:title>On boats</dc:title><dc:language>de-AT</dc:language>',
);
describeReader({
  reader: epubReader,
  name: 'boats.epub',
  sound: book,
  holding: (text) => epubOf([`<p>${text}</p>`]),
  documents: [{ id: 'boats.epub', title: 'On boats', lang: 'de', text: 'One.\n\nTwo.' }],
  broken: {
    'no archive': { data: 'Not a book.', says: /cannot be read as EPUB/ },
    'half of an archive': {
      data: book.subarray(0, book.length / 2),
      says: /cannot be read as EPUB/,
    },
    'no text': { data: await epubOf(['<p/>']), says: /contains no text/ },
  },
});

describe('EPUB', () => {
  it('has every chapter under its own headings, in the order of the spine', async () => {
    expect((await readingOf('a.epub', book)).sections).toEqual([
      ['First', 'One.'],
      ['Second > Inner', 'Two.'],
    ]);
  });

  it('closes what XHTML closes, and reads notes and tables', async () => {
    const { sections } = await readingOf(
      'a.epub',
      await epubOf([
        '<p><a id="p1"/>The oars<a href="#n1">[1]</a> are in the shed.</p><table><tr><td>Oar</td><td>3 euros</td></tr></table><aside id="n1"><p>Two pairs.</p></aside>',
      ]),
    );
    expect(sections).toEqual([['', 'The oars are in the shed.\n\nOar\t3 euros\n\nTwo pairs.']]);
  });

  it('names chapters that are missing, and pages of pictures', async () => {
    const data = await epubOf(['<p>Text.</p>', '<img src="a.jpg"/>']);
    expect((await readingOf('a.epub', data)).notes).toEqual([
      'pictures without text: OEBPS/text/c 1.xhtml',
    ]);
    const broken = await epubOf(['<p>Text.</p>'], {
      'OEBPS/book.opf':
        '<package><manifest><item id="a" href="text/c%200.xhtml"/><item id="b" href="b.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
    });
    expect((await readingOf('a.epub', broken)).notes).toEqual([
      'chapters that are missing: OEBPS/b.xhtml',
    ]);
  });

  it('says that a book is locked, but not that a font is disguised', async () => {
    const encryption = (algorithm: string, part: string): Record<string, string> => ({
      'META-INF/encryption.xml': `<encryption xmlns:enc="e"><enc:EncryptedData><enc:EncryptionMethod Algorithm="${algorithm}"/><enc:CipherData><enc:CipherReference URI="${part}"/></enc:CipherData></enc:EncryptedData></encryption>`,
    });
    const locked = await epubOf(
      ['<p>Text.</p>'],
      encryption('http://www.w3.org/2001/04/xmlenc#aes128-cbc', 'OEBPS/text/c%200.xhtml'),
    );
    expect((await readingOf('a.epub', locked)).failures[0]?.message).toMatch(/encrypted \(DRM\)/);
    const disguised = await epubOf(
      ['<p>Text.</p>'],
      encryption('http://www.idpf.org/2008/embedding', 'OEBPS/font.otf'),
    );
    expect((await readingOf('a.epub', disguised)).sections).toEqual([['', 'Text.']]);
  });
});
