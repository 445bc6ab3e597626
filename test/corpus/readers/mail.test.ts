import { describe, expect, it } from 'vitest';
import { mailboxReader, mailReader } from '../../../src/corpus/readers/mail.js';
import { describeReader } from '../conformance.js';
import { readingOf } from './reading.js';

const message = (headers: string, body: string): string =>
  `${headers}\nMIME-Version: 1.0\n${body}`.replace(/\n/g, '\r\n');
const utf8 = 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n';

describeReader({
  reader: mailReader,
  name: 'letter.eml',
  sound: message('Subject: Oars\nContent-Language: fi', `${utf8}In the shed.\n`),
  holding: (text) => message('Subject: a', utf8 + text),
  documents: [{ id: 'letter.eml', title: 'Oars', lang: 'fi', text: 'In the shed.' }],
  broken: {
    'neither subject nor text': { data: 'From: a@b.org\r\n\r\n', says: /contains no text/ },
  },
});

const box = [
  'From a@b.org Mon Jan  1 00:00:00 2024',
  'Message-ID: <one@b.org>',
  'Subject: One',
  '',
  'First.',
  '>From here on.',
  '',
  'From a@b.org Mon Jan  1 00:00:01 2024',
  'Subject: Two',
  '',
  'From nowhere.',
  '',
].join('\n');
describeReader({
  reader: mailboxReader,
  name: 'box.mbox',
  sound: box,
  documents: [
    { id: 'box.mbox/one@b.org', title: 'One', text: 'First.\nFrom here on.' },
    { id: 'box.mbox/message 2', title: 'Two', text: 'From nowhere.' },
  ],
  broken: { 'no mailbox': { data: 'Some text.', says: /cannot be read as mailbox/ } },
});

describe('mail', () => {
  it('decodes headers and bodies in their own encodings', async () => {
    const japanese = Buffer.from('1b2442456c357e1b2842', 'hex').toString('latin1');
    const iso = message(
      'Subject: =?iso-2022-jp?B?GyRCRWw1fhsoQg==?=\nFrom: =?utf-8?Q?M=C3=BCller?= <m@b.org>',
      `Content-Type: text/plain; charset=iso-2022-jp\n\n${japanese}\n`,
    );
    const { documents } = await readingOf('a.eml', Buffer.from(iso, 'latin1'));
    expect(documents[0]).toMatchObject({
      title: '東京',
      metadata: { from: 'Müller m@b.org' },
      blocks: [{ text: '東京' }],
    });
    const quoted = message(
      'Subject: a',
      'Content-Type: text/plain; charset=windows-1251\nContent-Transfer-Encoding: quoted-printable\n\n=CC=EE=F1=EA=\n=E2=E0\n',
    );
    expect((await readingOf('a.eml', quoted)).sections).toEqual([['', 'Москва']]);
    const base64 = Buffer.from('Die Fähre fährt.').toString('base64');
    const encoded = message(
      'Subject: a',
      `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${base64}\n`,
    );
    expect((await readingOf('a.eml', encoded)).sections).toEqual([['', 'Die Fähre fährt.']]);
    const flowed = message(
      'Subject: a',
      'Content-Type: text/plain; charset=utf-8; format=flowed\n\nThe oars are \nin the shed.\n',
    );
    expect((await readingOf('a.eml', flowed)).sections).toEqual([
      ['', 'The oars are in the shed.'],
    ]);
  });

  const alternative = (plain: string, html: string): string =>
    message(
      'Subject: a\nContent-Type: multipart/alternative; boundary=b',
      `\n--b\nContent-Type: text/plain\n\n${plain}\n--b\nContent-Type: text/html\n\n${html}\n--b--\n`,
    );

  it('reads one of two forms of a text: the plain one, unless it says less', async () => {
    expect(
      (await readingOf('a.eml', alternative('The oars.', '<p>The <b>oars</b>.</p>'))).sections,
    ).toEqual([['', 'The oars.']]);
    expect(
      (
        await readingOf(
          'a.eml',
          alternative('Use HTML.', '<h1>Oars</h1><p>They are in the shed, behind the canoes.</p>'),
        )
      ).sections,
    ).toEqual([['Oars', 'They are in the shed, behind the canoes.']]);
  });

  it('reads mail within mail, and names what is attached', async () => {
    const mixed = message(
      'Subject: a\nContent-Type: multipart/mixed; boundary=b',
      '\n--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: message/rfc822\n\nSubject: Inner\nContent-Type: text/plain\n\nForwarded text.\n--b\nContent-Type: application/pdf; name="=?utf-8?Q?B=C3=BCcher.pdf?="\nContent-Disposition: attachment; filename="=?utf-8?Q?B=C3=BCcher.pdf?="\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--b\nContent-Type: image/png\nContent-Disposition: inline\nContent-ID: <x>\n\nx\n--b--\n',
    );
    const { sections, notes } = await readingOf('a.eml', mixed);
    expect(sections.map(([, text]) => text).join('\n')).toMatch(
      /See below\.[\s\S]*Inner[\s\S]*Forwarded text\./,
    );
    expect(notes).toEqual(['attachments are not read: Bücher.pdf']);
  });

  it('has a message of a mailbox for a document, also twice the same, and a large one', async () => {
    const long = 'x'.repeat(200_000);
    const twice = `From a@b.org 2024\nMessage-ID: <1@b>\n\n${long}\nend\n\n`.repeat(2);
    const { documents } = await readingOf('a.mbox', twice);
    expect(documents.map(({ id, line }) => [id, line])).toEqual([
      ['a.mbox/1@b', 1],
      ['a.mbox/1@b (2)', 7],
    ]);
    expect(documents[1].blocks[0].text).toHaveLength(200_004);
  });
});
