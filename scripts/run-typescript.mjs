/**
 * Preloaded with `node --import`: the process, its threads and its child processes run TypeScript
 * sources, so that tests and scripts start the same threads as the product. Vitest transforms the
 * sources of its own processes itself, which is faster.
 */
import { isMainThread } from 'node:worker_threads';

const ofVitest = isMainThread && process.argv[1]?.includes('/node_modules/vitest/');
// `--import tsx` alone leaves out the threads in Node 20.
if (!ofVitest) (await import('tsx/esm/api')).register();
