/**
 * A thread beside a reader, which may be spinning: ends the process when it takes too much time or
 * memory, or when nobody waits for it any longer.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CLOCK, OVER_MEMORY, OVER_TIME, type WatchdogStart } from './protocol.js';

const { clock, memoryBytes, parent } = workerData as WatchdogStart;

/** In milliseconds: a reader fills some 30 MB in between. */
const INTERVAL = 10;

function end(reason: string): void {
  if (reason !== '') writeSync(2, `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
}

setInterval(() => {
  if (process.ppid !== parent) end('');
  if (process.memoryUsage.rss() > memoryBytes) end(OVER_MEMORY);
  const processor = clock[CLOCK.processor];
  if (processor === 0) return;
  const { user, system } = process.cpuUsage();
  if (user + system > processor || Date.now() > clock[CLOCK.wall]) end(OVER_TIME);
}, INTERVAL);

parentPort!.postMessage('watching');
