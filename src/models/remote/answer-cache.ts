/**
 * A cache of paid answers, by request: they are appended to a file the moment they arrive, so that
 * a killed run pays for none twice. An incomplete last line is dropped. Only the positions of the
 * answers are in memory.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '../../base/identity.js';
import { cacheFolder } from '../places.js';

interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** Bytes read at once when a file is opened. */
const READ = 2 ** 20;
const NEWLINE = 10;
/** Hexadecimal digits of a key. */
const KEY = 32;

export class Answers {
  readonly #file: FileHandle;
  readonly #places = new Map<string, Place>();
  #end = 0;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param name of the file: one for each kind of request, e.g. of a model */
  static inCache(name: string): Promise<Answers> {
    const hash = sha256(name).slice(0, 16);
    const readable = name.replace(/[^\w.-]+/g, '-').slice(0, 60);
    return Answers.open(join(cacheFolder(), 'answers', `${readable}-${hash}.jsonl`));
  }

  static async open(path: string): Promise<Answers> {
    await mkdir(dirname(path), { recursive: true });
    const answers = new Answers(await open(path, 'a+'));
    await answers.#readPlaces();
    return answers;
  }

  /** The key of a request: any JSON value. */
  static key(request: unknown): string {
    return sha256(JSON.stringify(request)).slice(0, KEY);
  }

  get size(): number {
    return this.#places.size;
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  async get<T>(key: string): Promise<T | undefined> {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const bytes = Buffer.alloc(place.bytes);
    await this.#file.read(bytes, 0, place.bytes, place.at);
    return JSON.parse(bytes.toString('utf8')) as T;
  }

  /** Resolves once the answer is written. */
  put(key: string, answer: unknown): Promise<void> {
    const text = JSON.stringify(answer);
    const line = Buffer.from(`${key} ${text}\n`);
    const written = this.#writing.then(async () => {
      // Other processes may have appended meanwhile: the line begins where the file ends now.
      const { size } = await this.#file.stat();
      await this.#file.appendFile(line);
      this.#places.set(key, { at: size + KEY + 1, bytes: line.length - KEY - 2 });
      this.#end = size + line.length;
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #readPlaces(): Promise<void> {
    let rest = Buffer.alloc(0);
    for (let at = 0; ; ) {
      const chunk = Buffer.alloc(READ);
      const { bytesRead } = await this.#file.read(chunk, 0, READ, at + rest.length);
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        const key = bytes.toString('latin1', from, from + KEY);
        this.#places.set(key, { at: at + from + KEY + 1, bytes: end - from - KEY - 1 });
        from = end + 1;
      }
      at += from;
      rest = bytes.subarray(from);
      this.#end = at;
    }
    const { size } = await this.#file.stat();
    if (size > this.#end) await this.#file.truncate(this.#end);
  }
}
