/**
 * Reads files in a process beside this one, started with the first of them and used for all, within
 * limits of time and memory for each.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { XqgError } from '../../base/errors.js';
import { formatCount } from '../../base/numbers.js';
import type { SourceDocument } from '../passage.js';
import type { CorpusFile, CorpusReader, ReadEvents } from '../reader.js';
import { brokenFile, lastErrorOf } from './failures.js';
import { type FileLimits, secondsFor } from './limits.js';
import {
  HEAP_FULL,
  OVER_MEMORY,
  OVER_TIME,
  type ReaderMessage,
  type ReaderOrder,
  type ReadItem,
} from './protocol.js';

const PROCESS = new URL('./reader-process.js', import.meta.url);
/** What is kept of the end of stderr, in UTF-16 code units. */
const STDERR_LENGTH = 16_384;
/** A process that holds more than this share of its limit makes room for a new one. */
const WORN = 0.5;

/** What Node.js needs: no keys and passwords, for what parses the files of strangers. */
const ENVIRONMENT =
  /^(?:PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|NODE_OPTIONS|NODE_PATH|LANG|LC_\w+|TZ)$/i;

function readerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name)));
}

/** How a process ended. */
interface Exit {
  readonly exit: string;
}

/** A reader and the messages that nobody has taken yet. */
class ReaderProcess {
  readonly #process: ChildProcess;
  readonly #messages: (ReaderMessage | Exit)[] = [];
  #wake: () => void = () => undefined;
  #stderr = '';
  /** Files that were begun. */
  files = 0;
  isOver = false;

  constructor({ memoryBytes }: Required<FileLimits>) {
    const megabytes = Math.ceil(memoryBytes / 2 ** 20);
    this.#process = fork(PROCESS, [String(memoryBytes)], {
      execArgv: [...process.execArgv, `--max-old-space-size=${megabytes}`],
      env: readerEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LENGTH);
    });
    this.#process.on('message', (message: ReaderMessage) => this.#put(message));
    this.#process.on('error', ({ message }) => this.#put({ exit: message }));
    this.#process.on('close', (code, signal) => this.#put({ exit: signal ?? `exit code ${code}` }));
  }

  get stderr(): string {
    return this.#stderr;
  }

  send(order: ReaderOrder): void {
    if (this.#process.connected) this.#process.send(order, () => undefined);
  }

  async next(): Promise<ReaderMessage | Exit> {
    while (this.#messages.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#messages.shift()!;
  }

  end(): void {
    this.isOver = true;
    this.#process.kill('SIGKILL');
  }

  #put(message: ReaderMessage | Exit): void {
    if (typeof message === 'object' && 'exit' in message) this.isOver = true;
    this.#messages.push(message);
    this.#wake();
  }
}

export class IsolatedReader {
  #process: ReaderProcess | null = null;

  /** @param signal ends what is being read; its documents then end early */
  constructor(
    private readonly limits: Required<FileLimits>,
    private readonly signal?: AbortSignal,
  ) {
    signal?.addEventListener('abort', this.close);
  }

  /** Ends the process. */
  readonly close = (): void => {
    this.signal?.removeEventListener('abort', this.close);
    this.#process?.end();
    this.#process = null;
  };

  /**
   * The documents of a file, as `reader.read` gives them.
   * @throws XqgError XQG_CORPUS_OVER_TIME, XQG_CORPUS_OVER_MEMORY, XQG_CORPUS_BROKEN_FILE, and
   * those of the reader; XQG_READER_PROCESS where no process starts
   */
  async *read(
    file: CorpusFile,
    reader: CorpusReader,
    events: ReadEvents,
  ): AsyncGenerator<SourceDocument> {
    const size = await stat(file.path).then(
      (found) => found.size,
      () => 0,
    );
    const seconds = secondsFor(size, this.limits);
    let delivered = 0;
    for (;;) {
      const child = await this.#started();
      if (child === null) return;
      child.files++;
      let isWhole = false;
      let last: Exclude<ReaderMessage, 'ready' | { items: unknown }> | Exit;
      try {
        child.send({ file, reader: reader.name, size, seconds });
        let skipped = 0;
        for (;;) {
          const message = await child.next();
          if (message === 'ready') continue;
          if (!('items' in message)) {
            last = message;
            break;
          }
          for (const item of message.items) {
            // Of a file that is read again, what was delivered before.
            if (skipped++ < delivered) continue;
            delivered++;
            if ('document' in item) yield item.document;
            else report(item, events);
          }
          child.send('more');
        }
        isWhole = true;
      } finally {
        const isWorn = !isWhole || ('rss' in last! && last.rss > WORN * this.limits.memoryBytes);
        if (isWorn || child.isOver) this.#drop(child);
      }
      if (this.signal?.aborted || 'end' in last) return;
      if ('error' in last) throw XqgError.restore(last.error.code, last.error.details);
      if ('fault' in last) throw brokenFile(file.path, reader, last.fault);
      const failure = this.#failureOf(child, last, file, reader, seconds);
      // What other files left in the process is not this one's fault.
      const again = child.files > 1 && failure.code !== 'XQG_CORPUS_OVER_TIME';
      if (!again) throw failure;
    }
  }

  /** A process that is ready; null once the signal was aborted. */
  async #started(): Promise<ReaderProcess | null> {
    if (this.signal?.aborted) return null;
    if (this.#process !== null && !this.#process.isOver) return this.#process;
    const child = new ReaderProcess(this.limits);
    this.#process = child;
    const first = await child.next();
    if (first === 'ready') return child;
    if (this.signal?.aborted) return null;
    const reason = [(first as Exit).exit, ...lastErrorOf(child.stderr)].join(', ');
    throw new XqgError('XQG_READER_PROCESS', { reason });
  }

  #drop(child: ReaderProcess): void {
    child.end();
    if (this.#process === child) this.#process = null;
  }

  #failureOf(
    { stderr }: ReaderProcess,
    { exit }: Exit,
    { path }: CorpusFile,
    reader: CorpusReader,
    seconds: number,
  ): XqgError {
    const { name: format } = reader;
    if (stderr.includes(OVER_TIME))
      return new XqgError('XQG_CORPUS_OVER_TIME', {
        file: path,
        format,
        seconds: formatCount(Math.round(seconds)),
      });
    if (stderr.includes(OVER_MEMORY) || HEAP_FULL.test(stderr) || exit === 'SIGABRT')
      return new XqgError('XQG_CORPUS_OVER_MEMORY', {
        file: path,
        format,
        limit: formatCount(this.limits.memoryBytes),
      });
    const reason = [`its reader ended (${exit})`, ...lastErrorOf(stderr)].join(', ');
    return brokenFile(path, reader, reason);
  }
}

function report(item: Exclude<ReadItem, { document: unknown }>, events: ReadEvents): void {
  if ('skip' in item) events.onSkip?.(item.path, item.skip, item.line);
  else if ('note' in item) events.onNote?.(item.path, item.note);
  else {
    const error = XqgError.restore(item.badRow.code, item.badRow.details);
    if (events.onBadRow === undefined) throw error;
    events.onBadRow(error);
  }
}
