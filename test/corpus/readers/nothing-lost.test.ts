/** Beside each sample its text: every word of it is in the passages, in the order of reading. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { splitDocument } from '../../../src/corpus/split.js';
import { docxOf } from '../../base/bytes.js';
import { epubOf, odfOf, pptxOf, shapeXml, xlsxOf } from './archives.js';
import { encodedPdf } from './pdf-files.js';
import { readingOf } from './reading.js';

interface Sample {
  readonly lang: string;
  /** Encoding of old mail and text files, and a sentence's bytes in it. */
  readonly paragraphs: readonly string[];
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  Chinese: {
    lang: 'zh',
    paragraphs: [
      '船屋位于河岸东侧，门前的水深足够停泊八人赛艇。大门早上七点开启，天黑时关闭。',
      '𠮷先生每年给船桨上两次油，备用的桨放在拖车后面，可以借用一天。',
      '冬天河面结冰时，所有的船都搬到二楼，等到三月再放回水里。',
    ],
  },
  Japanese: {
    lang: 'ja',
    paragraphs: [
      '艇庫は川の東岸にあり、前の水は八人乗りのボートが泊まれるほど深い。扉は朝七時に開き、暗くなると閉まります。',
      '「オール」は年に二回油を塗ります。予備はトレーラーの後ろにあり、一日だけ借りられます。',
      'ｶﾇｰの貸し出しは、ヴェネツィアから来た先生が担当しています。',
    ],
  },
  Korean: {
    lang: 'ko',
    paragraphs: [
      '배 창고는 강 동쪽 기슭에 있으며 앞의 물은 여덟 명이 타는 배를 댈 만큼 깊다. 문은 아침 일곱 시에 열린다.',
      '노에는 해마다 두 번 기름을 바르고, 여분의 노는 트레일러 뒤에 두어 하루 동안 빌릴 수 있다.',
    ],
  },
  Arabic: {
    lang: 'ar',
    paragraphs: [
      'يقع بيت القوارب على الضفة الشرقية للنهر، والماء أمامه عميق بما يكفي لقارب من ثمانية مقاعد. تُفتح أبوابه الساعة ٧ صباحًا.',
      'تُدهن المجاديف بالزيت مرتين كل سنة، وما زاد منها محفوظ خلف العربة، ويمكن استعارته يومًا واحدًا.',
    ],
  },
  Thai: {
    lang: 'th',
    paragraphs: [
      'โรงเก็บเรืออยู่ริมฝั่งแม่น้ำด้านตะวันออก น้ำหน้าโรงลึกพอสำหรับเรือแปดที่นั่ง ประตูเปิดเวลาเจ็ดโมงเช้าและปิดเมื่อฟ้ามืด',
      'ไม้พายทาน้ำมันปีละสองครั้ง ไม้พายสำรองอยู่หลังรถพ่วง ยืมได้หนึ่งวัน',
    ],
  },
  Hindi: {
    lang: 'hi',
    paragraphs: [
      'नाव घर नदी के पूर्वी किनारे पर है और उसके सामने का पानी आठ लोगों की नाव के लिए पर्याप्त गहरा है। दरवाज़ा सुबह ७ बजे खुलता है।',
      'चप्पुओं पर साल में दो बार तेल लगाया जाता है; अतिरिक्त चप्पू गाड़ी के पीछे रखे हैं और एक दिन के लिए उधार मिलते हैं।',
      'क्षेत्र के विद्यार्थी श्रीमती शर्मा से नाव चलाना सीखते हैं।',
    ],
  },
};

/** Lines of some 40 columns, as editors and printers wrap them. */
function wrapped(paragraph: string, lang: string): string[] {
  const isSpaced = !/^(?:zh|ja|th)$/.test(lang);
  const pieces = isSpaced
    ? paragraph.split(/(?<= )/)
    : Array.from(
        new Intl.Segmenter(lang, { granularity: 'word' }).segment(paragraph),
        (one) => one.segment,
      );
  const width = isSpaced || lang === 'th' ? 40 : 20;
  const lines = [''];
  for (const piece of pieces) {
    const isMark = /^[、。，」]/.test(piece);
    if (lines.at(-1)!.length + piece.length > width && !isMark) lines.push('');
    lines[lines.length - 1] += piece;
  }
  return lines.map((line) => line.trimEnd());
}

const html = ({ paragraphs }: Sample): string =>
  paragraphs.map((text) => `<p>${text}</p>`).join('\n');
const joined = ({ paragraphs }: Sample): string => paragraphs.join('\n\n');
const hardWrapped = ({ paragraphs, lang }: Sample): string =>
  paragraphs.map((text) => wrapped(text, lang).join('\n')).join('\n\n');

const rtf = ({ paragraphs }: Sample): string => {
  const escaped = (text: string): string =>
    text.replace(/[^ -~]/g, (unit) => `\\u${(unit.charCodeAt(0) << 16) >> 16}?`);
  return `{\\rtf1\\ansi ${paragraphs.map((text) => `\\pard ${escaped(text)}\\par`).join('\n')}}`;
};

function mail(sample: Sample, encoding: 'base64' | 'quoted-printable'): string {
  const bytes = Buffer.from(hardWrapped(sample));
  const body =
    encoding === 'base64'
      ? bytes.toString('base64').replace(/.{76}/g, '$&\r\n')
      : Array.from(bytes, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
          .join('')
          .replace(/(?:=..){24}/g, '$&=\r\n');
  return `Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
}

type Maker = (sample: Sample) => string | Buffer | Promise<Buffer>;

const FORMATS: Readonly<Record<string, Maker>> = {
  'a.txt': hardWrapped,
  'a utf-16.txt': (sample) => Buffer.from(`\ufeff${hardWrapped(sample)}`, 'utf16le'),
  'a.md': hardWrapped,
  'a.html': html,
  'b.html': (sample) =>
    `<table>${sample.paragraphs.map((text) => `<tr><td>${text}</td></tr>`).join('')}</table>`,
  'a.rst': hardWrapped,
  'a.docx': ({ paragraphs }) => docxOf(paragraphs.map((text) => ['', text])),
  'a.odt': ({ paragraphs }) =>
    odfOf('text', paragraphs.map((text) => `<text:p>${text}</text:p>`).join('')),
  'a.ods': ({ paragraphs }) =>
    odfOf(
      'spreadsheet',
      `<table:table>${paragraphs.map((text) => `<table:table-row><table:table-cell><text:p>${text}</text:p></table:table-cell></table:table-row>`).join('')}</table:table>`,
    ),
  'a.pptx': ({ paragraphs }) =>
    pptxOf(paragraphs.map((text) => ({ content: shapeXml('body', text) }))),
  'a.xlsx': ({ paragraphs }) =>
    xlsxOf([
      {
        name: '',
        rows: paragraphs
          .map((text) => `<x:row><x:c t="inlineStr"><x:is><x:t>${text}</x:t></x:is></x:c></x:row>`)
          .join(''),
      },
    ]),
  'a.epub': (sample) => epubOf([html(sample)]),
  'a.rtf': rtf,
  'a.eml': (sample) => mail(sample, 'base64'),
  'b.eml': (sample) => mail(sample, 'quoted-printable'),
  'a.mbox': (sample) =>
    `From a@b.org Mon Jan  1 2024\n${mail(sample, 'base64').replaceAll('\r\n', '\n')}`,
  'a.ipynb': (sample) =>
    JSON.stringify({
      cells: sample.paragraphs.map((source) => ({ cell_type: 'markdown', source })),
    }),
  'a.csv': ({ paragraphs }) =>
    `id;text\n${paragraphs.map((text, i) => `${i};"${text}"`).join('\n')}\n`,
  'a.tsv.gz': ({ paragraphs }) =>
    gzipSync(`id\ttext\n${paragraphs.map((text, i) => `${i}\t${text}`).join('\n')}\n`),
  'a.jsonl': ({ paragraphs }) =>
    paragraphs.map((text, i) => JSON.stringify({ id: `${i}`, text })).join('\n'),
  'a.py': (sample) => `"""\n${joined(sample)}\n"""\n`,
  'a.pdf': ({ paragraphs, lang }) => encodedPdf(paragraphs.map((text) => wrapped(text, lang))),
};

function wordsOf(text: string, lang: string): string[] {
  const segments = new Intl.Segmenter(lang, { granularity: 'word' }).segment(text);
  return Array.from(segments).flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
}

describe.each(Object.entries(SAMPLES))('nothing of a text in %s is lost', (_, sample) => {
  it.each(Object.entries(FORMATS))('in %s', async (name, make) => {
    const { documents, failures } = await readingOf(name, await make(sample));
    expect(failures).toEqual([]);
    const { lang } = sample;
    const passages = documents.flatMap(
      (document) => splitDocument(document, { lang, langConfidence: 1, maxTokens: 24 }).passages,
    );
    const found = passages.map(({ text }) => text).join('\n');
    expect(wordsOf(found, lang)).toEqual(wordsOf(joined(sample), lang));
  });
});
