#!/usr/bin/env node
/** The executable: signals, broken pipes and the exit code. */
import { storageError } from '../base/errors.js';
import { isAbort, tellFailure } from './failure.js';
import { runProgram } from './program.js';

const INTERRUPTED = 130;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `xqg search ... | head -1` closes the pipe early: that is an end, not an error.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  tellFailure(storageError(error, 'standard output'), false);
  process.exit(1);
});
// Nobody listens: the work goes on, and its exit code says how it ended.
process.stderr.on('error', () => undefined);

const interruption = new AbortController();
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(INTERRUPTED);
  process.stderr.write('Stopping at a safe point. Ctrl-C again stops at once.\n');
  interruption.abort();
});

const words = process.argv.slice(2);
try {
  await runProgram(words, interruption.signal);
} catch (thrown) {
  if (interruption.signal.aborted && isAbort(thrown)) {
    process.stderr.write('Stopped. What was done is kept: run the same command again to go on.\n');
    process.exitCode = INTERRUPTED;
  } else {
    tellFailure(thrown, words.includes('--json'));
    process.exitCode = 1;
  }
}
