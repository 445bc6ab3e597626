/**
 * A thread of `SegmentsAhead`: reads what was written to the store, and writes the segments that it
 * makes.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '../store/open-store.js';
import { SegmentFollower, type SegmentOrder, type ThreadStart } from './segments-ahead.js';

const { dir, there } = workerData as ThreadStart;
const follower = new SegmentFollower(dir, there);
let before: Promise<void> = Promise.resolve();

// An error ends the thread, and the other side hears of it.
parentPort!.on('message', (order: SegmentOrder) => {
  before = before.then(async () => {
    if (order === 'follow') return follow();
    await follower.end();
    parentPort!.postMessage(order);
  });
});

async function follow(): Promise<void> {
  const store = await openStore(dir, undefined);
  const reader = await store.snapshot();
  try {
    await follower.follow(reader);
  } finally {
    reader.close();
    store.close();
  }
}
