/** How far the runs of a queue are, as lines for people. */
import type { QueueStatus } from '../indexing/workers/queue-status.js';
import type { RunRecord } from '../indexing/workers/work-queue.js';
import { count, foreign } from './terminal.js';

/** After this long without a word of `xqg index`, people are told to run it again (ms). */
const SILENT = 15_000;
/** Parts that were set aside and are named one by one. */
const NAMED = 10;

export function describeQueue(status: QueueStatus | { queue: string; problem: string }): string {
  if ('problem' in status) return lines([['queue', `${status.queue}: ${status.problem}`]]);
  const { queue, runs, counts, workers, inHand, setAside } = status;
  const parts = [
    `${count(counts.waiting)} waiting`,
    `${count(counts.active)} in hand`,
    `${count(counts.delayed)} to be tried again`,
    `${count(counts.done)} done and not yet in an index`,
    `${count(counts.setAside)} set aside`,
  ];
  return lines([
    ['queue', queue],
    ...runs.map((run): [string, string] => ['run', runText(run)]),
    ['parts', parts.join(', ')],
    ['workers', workers.length === 0 ? 'none' : `${count(workers.length)}: ${workers.join(', ')}`],
    ...inHand.map(({ part, worker }): [string, string] => [
      'in hand',
      `${part.slice(0, 12)} of ${worker ?? 'a worker'}`,
    ]),
    ...setAside
      .slice(0, NAMED)
      .map(({ part, attempts, reason }): [string, string] => [
        'set aside',
        `${part.slice(0, 12)} after ${count(attempts, 'attempt')}: ${foreign(reason ?? '')}`,
      ]),
  ]);
}

function runText({
  index,
  host,
  place,
  phase,
  parts,
  passages,
  written,
  setAside,
  updated,
}: RunRecord): string {
  const aside = setAside > 0 ? `, ${count(setAside)} set aside` : '';
  const planned = `${count(parts, 'part')} of ${count(passages, 'passage')}`;
  const far = `${count(written)} of ${planned} in the index${aside}`;
  const more = phase === 'planning' ? ', more are being planned' : '';
  const silence = Date.now() - Date.parse(updated);
  const again =
    phase === 'incomplete'
      ? '; fix the cause and run the same xqg index again with --retry-failed'
      : silence > SILENT
        ? `; not heard of for ${count(Math.round(silence / 1000))} s: run the same xqg index again`
        : '';
  return `${foreign(index)} on ${host}: ${far}${more}${again} (parts in ${foreign(place)})`;
}

function lines(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}`).join('\n');
}
