/**
 * A process that reads files for a run, one after the other. Files are strangers: whatever one of
 * them does to its reader happens here, where it can be limited and ended.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { XqgError } from '../../base/errors.js';
import { partsOf } from '../parts.js';
import type { SourceDocument } from '../passage.js';
import { reasonOf } from './failures.js';
import {
  CLOCK,
  type ReaderMessage,
  type ReaderOrder,
  type ReadItem,
  type SentError,
  type WatchdogStart,
} from './protocol.js';

/** Items are sent once they hold so many UTF-16 code units, or are so many. */
const SENT_LENGTH = 2 ** 18;
const SENT_ITEMS = 256;
/**
 * Text that is this many times longer than its file, which may be packed, was not written by
 * anyone: packing makes language 3 to 6 times smaller.
 */
const LARGEST_RATIO = 100;
/** Text that any file may hold, in UTF-16 code units. */
const SMALL_TEXT = 2 ** 20;
/** Waiting for a disk counts so many times less than work. */
const WAIT = 10;

const clock = new Float64Array(new SharedArrayBuffer(CLOCK.size * Float64Array.BYTES_PER_ELEMENT));
let more: () => void = () => undefined;

// Ctrl-C in a terminal reaches this process too: the run decides what it means.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit());
process.on('message', (order: ReaderOrder) => {
  if (order === 'more') more();
  else void read(order);
});

const [memoryBytes] = process.argv.slice(2).map(Number);
const workerData: WatchdogStart = { clock, memoryBytes, parent: process.ppid };
const watchdog = new Worker(new URL('./watchdog-thread.js', import.meta.url), { workerData });
const [{ READERS }] = await Promise.all([
  import('../readers/readers.js'),
  once(watchdog, 'message'),
]);
send('ready');

function send(message: ReaderMessage): void {
  if (process.connected) process.send!(message);
}

function startClock(seconds: number): void {
  const { user, system } = process.cpuUsage();
  clock[CLOCK.wall] = Date.now() + seconds * WAIT * 1000;
  clock[CLOCK.processor] = user + system + seconds * 1e6;
}

function stopClock(): void {
  clock[CLOCK.processor] = 0;
}

async function read({
  file,
  reader: name,
  size,
  seconds,
}: Exclude<ReaderOrder, 'more'>): Promise<void> {
  const reader = READERS.find((known) => known.name === name)!;
  let items: ReadItem[] = [];
  let length = 0;
  let total = 0;
  const flush = async (): Promise<void> => {
    stopClock();
    const taken = new Promise<void>((resolve) => {
      more = resolve;
    });
    send({ items });
    items = [];
    length = 0;
    await taken;
    startClock(seconds);
  };
  startClock(seconds);
  try {
    for await (const document of reader.read(file, {
      onSkip: (path, skip, line) => items.push({ skip, path, line }),
      onNote: (path, note) => items.push({ note, path }),
      onBadRow: (error) => items.push({ badRow: sentError(error) }),
    })) {
      for (const part of partsOf(document)) {
        items.push({ document: part });
        length += lengthOf(part);
        total += lengthOf(part);
        if (total > SMALL_TEXT && total > LARGEST_RATIO * size)
          throw new XqgError('XQG_CORPUS_BOMB', { file: file.path, ratio: LARGEST_RATIO });
        if (length >= SENT_LENGTH || items.length >= SENT_ITEMS) await flush();
      }
    }
    if (items.length > 0) await flush();
    send({ end: true, rss: process.memoryUsage.rss() });
  } catch (error) {
    if (items.length > 0) await flush();
    send(error instanceof XqgError ? { error: sentError(error) } : { fault: reasonOf(error) });
  } finally {
    stopClock();
  }
}

function lengthOf({ title, blocks }: SourceDocument): number {
  return blocks.reduce((length, { text }) => length + text.length, title.length);
}

function sentError({ code, details }: XqgError): SentError {
  return { code, details };
}
