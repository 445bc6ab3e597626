/**
 * Progress on stderr: a bar with the time left on a terminal, a plain line every few seconds elsewhere. Shows nothing in
 * the first two seconds, so that quick work stays quiet. Knows no command.
 */
import cliProgress from 'cli-progress';
import { count } from './terminal.js';

const QUIET_MS = 2000;
const PLAIN_EVERY_MS = 5000;

export interface Progress {
  /** `total` of 0 or less: not known yet. */
  update(done: number, total: number): void;
  stop(): void;
}

/**
 * @param what what is counted, e.g. "passages"
 * @param stream where to write; a terminal gets a bar
 * @param clock milliseconds that never go back
 */
export function startProgress(
  what: string,
  stream: NodeJS.WriteStream = process.stderr,
  clock: () => number = () => performance.now(),
): Progress {
  return stream.isTTY ? bar(what, stream, clock) : lines(what, stream, clock);
}

function bar(what: string, stream: NodeJS.WriteStream, clock: () => number): Progress {
  const started = clock();
  let shown: cliProgress.SingleBar | null = null;
  return {
    update(done, total) {
      if (clock() - started < QUIET_MS) return;
      if (!shown) {
        shown = new cliProgress.SingleBar(
          {
            format: `{bar} {percentage}% | {value}/{total} ${what} | {eta_formatted} left`,
            hideCursor: true,
            clearOnComplete: true,
            stream,
          },
          cliProgress.Presets.shades_classic,
        );
        shown.start(Math.max(total, done, 1), done);
      }
      shown.setTotal(Math.max(total, done, 1));
      shown.update(done);
    },
    stop() {
      shown?.stop();
    },
  };
}

function lines(what: string, stream: NodeJS.WriteStream, clock: () => number): Progress {
  const started = clock();
  let last = started + QUIET_MS - PLAIN_EVERY_MS;
  return {
    update(done, total) {
      const now = clock();
      if (now - last < PLAIN_EVERY_MS) return;
      last = now;
      const seconds = (now - started) / 1000;
      const left =
        total > done && done > 0 ? `, about ${Math.ceil((seconds / done) * (total - done))} s left` : '';
      stream.write(`${count(done)}${total > 0 ? ` of ${count(total)}` : ''} ${what}${left}\n`);
    },
    stop() {},
  };
}
