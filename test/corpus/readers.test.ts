import { csvReader } from '../../src/corpus/readers/csv.js';
import { docxReader } from '../../src/corpus/readers/docx.js';
import { htmlReader } from '../../src/corpus/readers/html.js';
import { beirReader, jsonlReader } from '../../src/corpus/readers/jsonl.js';
import { markdownReader } from '../../src/corpus/readers/markdown.js';
import { pdfReader } from '../../src/corpus/readers/pdf/pdf.js';
import { squadReader } from '../../src/corpus/readers/squad.js';
import { textReader } from '../../src/corpus/readers/text.js';
import { docxOf, pdfOf } from '../base/bytes.js';
import { describeReader } from './conformance.js';

/** Begins in UTF-8, so that no other encoding can be assumed. */
const notUtf8 = Buffer.concat([
  Buffer.from('Fïrst line\nCaf'),
  Buffer.from([0xe9]),
  Buffer.from(' au lait'),
]);
const binary = Buffer.from('First.\nSecond.\nA\0B');
const textBroken = {
  'a byte of Latin-1': { data: notUtf8, says: /line 2, byte 15: not valid UTF-8/ },
  'a NUL byte': { data: binary, says: /line 3, byte 16: a NUL byte/ },
};

describeReader({
  reader: textReader,
  holding: (text) => text,
  name: 'my_notes.txt',
  sound: 'One.\r\n\r\nTwo.',
  documents: [{ id: 'my_notes.txt', title: 'my notes', text: 'One.\r\n\r\nTwo.' }],
  broken: { ...textBroken, 'nothing but space': { data: ' \n\t\n', says: /contains no text/ } },
});

describeReader({
  reader: markdownReader,
  holding: (text) => `# Title\n\n${text}\n`,
  name: 'guide.md',
  sound: '---\nlang: th\n---\n# Guide\n\nRead &amp; learn *now*.\n\n## Then\n\n- a\n- b\n',
  documents: [{ id: 'guide.md', title: 'Guide', lang: 'th', text: 'Read & learn now.\n\na\n\nb' }],
  broken: textBroken,
});

describeReader({
  reader: htmlReader,
  holding: (text) => `<meta charset="utf-8"><p>${text}</p>`,
  name: 'page.html',
  sound:
    '<html lang="el"><title>A page</title><nav>Home</nav><style>p{}</style><p>One <b>bold</b>\n word.<script>x()</script><p>Two.',
  documents: [{ id: 'page.html', title: 'A page', lang: 'el', text: 'One bold word.\n\nTwo.' }],
  broken: {
    ...textBroken,
    'only a script': { data: '<script>let a = 1;</script>', says: /contains no text/ },
  },
});

const pdf = pdfOf(['First page\ngoes on', 'here. The end.', 'Third page.'], '/Title (On pages)');
describeReader({
  reader: pdfReader,
  name: 'paper.pdf',
  sound: pdf,
  documents: [
    {
      id: 'paper.pdf',
      title: 'On pages',
      text: 'First page\ngoes on\nhere. The end.\n\nThird page.',
    },
  ],
  broken: {
    'no PDF at all': { data: 'Not a PDF.', says: /cannot be read as PDF/ },
    'half of a PDF': { data: pdf.subarray(0, 60), says: /cannot be read as PDF/ },
    'a scan without text': { data: pdfOf(['']), says: /contains no text/ },
  },
});

const docx = docxOf([
  ['Title', 'Report'],
  ['', 'Summary.'],
  ['heading 1', 'Results'],
  ['', 'Good &amp; bad.'],
]);
describeReader({
  reader: docxReader,
  holding: (text) => docxOf([['', text]]),
  name: 'report.docx',
  sound: docx,
  documents: [{ id: 'report.docx', title: 'Report', text: 'Summary.\n\nGood & bad.' }],
  broken: {
    'no archive': { data: 'Not a Word file.', says: /cannot be read as Word/ },
    'half of an archive': {
      data: docx.subarray(0, docx.length / 2),
      says: /cannot be read as Word/,
    },
    'no text': { data: docxOf([]), says: /contains no text/ },
  },
});

const rows = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `{"id": "${i}", "_id": "${i}", "text": "Row ${i}."}\n`,
  ).join('');
const jsonBroken = {
  'a broken line 1,234': {
    data: `${rows(1233)}{"id": "x", "text": \n`,
    says: /line 1,234: not valid JSON/,
  },
  'a line that is no object': { data: '[1]\n', says: /line 1: not a JSON object/ },
  'NaN as a value': {
    data: '{"id": "a", "text": "b", "score": NaN}',
    says: /line 1: not valid JSON/,
  },
  'a byte of Latin-1': { data: notUtf8, says: /line 2, byte 15/ },
  'a NUL byte': { data: binary, says: /line 3, byte 16/ },
};

describeReader({
  reader: jsonlReader,
  holding: (text) => JSON.stringify({ id: 'a', text }),
  name: 'rows.jsonl',
  sound:
    '\ufeff{"id": "a", "title": "T", "text": "One.", "lang": "pt-BR"}\r\n\r\n{"id": 7, "text": "Two.\\n\\nThree."}',
  documents: [
    { id: 'a', title: 'T', lang: 'pt', text: 'One.' },
    { id: '7', title: '', text: 'Two.\n\nThree.' },
  ],
  broken: {
    ...jsonBroken,
    'no text': {
      data: '{"id": "a", "words": "b"}',
      says: /line 1: no "text" \(its fields: id, words\)/,
    },
    'a text that is a number': {
      data: '{"id": "a", "text": 1}',
      says: /line 1: "text" is not a string/,
    },
    'no id': { data: '{"text": "a"}', says: /line 1: no "id"/ },
    'an empty id': { data: '{"id": "", "text": "a"}', says: /line 1: "id" is empty/ },
    'an id beyond 2^53': {
      data: '{"id": 12345678901234567890, "text": "a"}',
      says: /line 1: "id" is a number/,
    },
    'a language that is none': {
      data: '{"id": "a", "text": "b", "lang": "klingonisch"}',
      says: /not a language code/,
    },
  },
  rows: { soundThenBroken: `${rows(3)}{`, soundRows: 3 },
});

const beirRow = '{"_id": "MED-1", "title": "T", "text": "One.", "metadata": {"lang": "de"}}\n';
describeReader({
  reader: beirReader,
  holding: (text) => JSON.stringify({ _id: 'a', text }),
  name: 'corpus.jsonl',
  sound: beirRow,
  documents: [{ id: 'MED-1', title: 'T', lang: 'de', text: 'One.' }],
  broken: {
    ...jsonBroken,
    'no _id': { data: '{"id": "a", "text": "b"}', says: /line 1: no "_id"/ },
  },
  rows: { soundThenBroken: `${beirRow}{`, soundRows: 1 },
});

describeReader({
  reader: csvReader,
  holding: (text) => `id,text\na,"${text}"\n`,
  name: 'table.csv',
  sound: 'id,title,text,lang\n1,"A ""b""","Two\nlines, one cell",fi\n\n2,,Plain.,\n',
  documents: [
    { id: '1', title: 'A "b"', lang: 'fi', text: 'Two\nlines, one cell' },
    { id: '2', title: '', text: 'Plain.' },
  ],
  broken: {
    'no header': {
      data: '1,Some text.\n',
      says: /line 1: no column "id" and no column "text" \(found: 1 \| Some text.\)/,
    },
    'a column twice': { data: 'id,text,id\n', says: /line 1: two columns "id"/ },
    'a row with a column too many': {
      data: 'id,text\n1,"a\nb"\n2,a,b\n',
      says: /line 4: not valid CSV/,
    },
    'a quote that never ends': { data: 'id,text\n1,a\n2,"oops\n', says: /line \d: not valid CSV/ },
    'a row without an id': { data: 'id,text\n1,"a\nb"\n,c\n', says: /line 4: "id" is empty/ },
    'a byte of Latin-1': { data: notUtf8, says: /line 2, byte 15/ },
  },
  rows: { soundThenBroken: 'id,text\n1,a\n2,b\n3,c,d\n', soundRows: 2 },
});

const squad = (paragraphs: unknown): string =>
  JSON.stringify({
    version: '1.1',
    data: [
      { title: 'Deep_sea', paragraphs },
      { title: 'Deep_sea', paragraphs },
    ],
  });
describeReader({
  reader: squadReader,
  holding: (text) => JSON.stringify({ data: [{ title: 'T', paragraphs: [{ context: text }] }] }),
  name: 'squad.en.json',
  sound: squad([
    { context: 'Cold.', qas: [] },
    { context: 'Dark.', qas: [] },
  ]),
  documents: ['Cold.', 'Dark.', 'Cold.', 'Dark.'].map((text, i) => ({
    id: `squad.en.json/Deep_sea#${i}`,
    title: 'Deep sea',
    text,
  })),
  broken: {
    'no JSON': { data: '{"data": [}', says: /not SQuAD-style JSON/ },
    'another JSON': { data: '{"name": "x"}', says: /the file has no list "data"/ },
    'a paragraph without context': {
      data: squad([{ context: 'a' }, {}]),
      says: /data\[0\]\.paragraphs\[1\]\.context/,
    },
    'an Infinity': { data: '{"data": [Infinity]}', says: /not SQuAD-style JSON/ },
  },
});
