/**
 * The conformance suite of corpus readers. A new reader calls `describeReader` with
 * files of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import type { SourceDocument } from '../../src/corpus/passage.js';
import type { CorpusReader } from '../../src/corpus/reader.js';

export interface ReaderCase {
  readonly reader: CorpusReader;
  /** Name of a file in this format. */
  readonly name: string;
  /** A valid file and its documents, in order. */
  readonly sound: string | Buffer;
  readonly documents: readonly { id: string; title: string; lang?: string; text: string }[];
  /** Invalid files, and the part of the message that states where. */
  readonly broken: Readonly<Record<string, { data: string | Buffer; says: RegExp }>>;
  /** A file that holds this text, of one line. */
  readonly holding?: (text: string) => string | Buffer | Promise<Buffer>;
  /** For formats of rows: valid rows, and the same with an invalid row after them. */
  readonly rows?: { readonly soundThenBroken: string; readonly soundRows: number };
}

/** Letters beyond the first plane, joiners, marks and digits of their own among them. */
const SCRIPTS: Readonly<Record<string, string>> = {
  Arabic: 'تفتح المكتبة أبوابها الساعة ٩ صباحًا، وتُغلَق مساءً.',
  Chinese: '图书馆早上九点开门，𠮷先生在二楼。',
  Greek: 'Η βιβλιοθήκη ανοίγει στις 9 — «καλημέρα».',
  Hebrew: 'הספרייה נפתחת בשעה 9, שָׁלוֹם לכולם.',
  Hindi: 'पुस्तकालय सुबह ९ बजे खुलता है; क्‍ष और श्री।',
  Japanese: '図書館は午前九時に開きます。「ガラス」の扉です。',
  Korean: '도서관은 아침 아홉 시에 문을 엽니다.',
  Thai: 'ห้องสมุดเปิดเวลาเก้าโมงเช้า น้ำดื่มอยู่ชั้นล่าง',
  Vietnamese: 'Thư viện mở cửa lúc chín giờ sáng.',
};

export function describeReader(test: ReaderCase): void {
  const { reader, name, sound, documents, broken, holding, rows } = test;
  describe(`the ${reader.name} reader`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'xqg-reader-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const path = join(folder, name);
    const read = async (data: string | Buffer): Promise<SourceDocument[]> => {
      writeFileSync(path, data);
      const found: SourceDocument[] = [];
      for await (const document of reader.read({ path, id: name, source: folder }))
        found.push(document);
      return found;
    };
    const failure = async (data: string | Buffer): Promise<XqgError> => {
      const error = await read(data).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(XqgError);
      return error as XqgError;
    };

    it('recognizes its files by name', () => {
      expect(reader.matches(path)).toBe(true);
      expect(reader.matches(join(folder, 'picture.png'))).toBe(false);
      expect(reader.extensions.length).toBeGreaterThan(0);
    });

    it('reads id, title, language and text', async () => {
      const found = await read(sound);
      const seen = found.map(({ id, title, lang, blocks }) => ({
        id,
        title,
        lang,
        text: blocks.map(({ text }) => text).join('\n\n'),
      }));
      expect(seen).toEqual(documents.map((document) => ({ lang: undefined, ...document })));
    });

    for (const [script, text] of Object.entries(holding === undefined ? {} : SCRIPTS)) {
      it(`loses nothing of a text in ${script}`, async () => {
        const found = await read(await holding!(text));
        expect(found.flatMap(({ blocks }) => blocks.map((block) => block.text))).toEqual([text]);
      });
    }

    it('states where a document comes from', async () => {
      for (const document of await read(sound)) {
        expect(document.path).toBe(path);
        expect(document.source).toBe(folder);
      }
    });

    it('gives unique ids, the same every time', async () => {
      const first = (await read(sound)).map(({ id }) => id);
      const again = (await read(sound)).map(({ id }) => id);
      expect(again).toEqual(first);
      expect(new Set(first).size).toBe(first.length);
    });

    it('refuses an empty file, naming it', async () => {
      const error = await failure('');
      expect(error.code).toBe('XQG_CORPUS_EMPTY');
      expect(error.message).toContain(path);
      expect(error.remedy).not.toBe('');
    });

    it('names a missing file', async () => {
      const missing = join(folder, `no ${name}`);
      const reading = async (): Promise<void> => {
        for await (const _ of reader.read({ path: missing, id: name, source: folder }));
      };
      await expect(reading()).rejects.toMatchObject({
        code: 'XQG_CORPUS_NOT_FOUND',
        details: { path: missing },
      });
    });

    for (const [what, { data, says }] of Object.entries(broken)) {
      it(`states the position of ${what}`, async () => {
        const error = await failure(data);
        expect(error.message).toContain(path);
        expect(error.message).toMatch(says);
        expect(error.message + error.remedy).not.toMatch(/\{\w+\}/);
      });
    }

    if (rows !== undefined) {
      it('streams: the rows before an invalid one arrive', async () => {
        writeFileSync(path, rows.soundThenBroken);
        let arrived = 0;
        const reading = async (): Promise<void> => {
          for await (const _ of reader.read({ path, id: name, source: folder })) arrived++;
        };
        await expect(reading()).rejects.toBeInstanceOf(XqgError);
        expect(arrived).toBe(rows.soundRows);
      });
    }
  });
}
