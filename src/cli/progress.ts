/**
 * Progress on stderr: a bar with the time left on a terminal, a plain line every few seconds
 * elsewhere. Shows nothing in the first two seconds, so that quick work stays quiet.
 */
import { createRequire } from 'node:module';
import type CliProgress from 'cli-progress';

const QUIET_MS = 2000;
const PLAIN_EVERY_MS = 5000;
/** Steps of a bar. */
const FINENESS = 1000;

export interface Progress {
  /**
   * @param share in [0, 1]; null: not known yet
   * @param text what is being done, e.g. "1,200 passages"
   */
  update(share: number | null, text: string): void;
  stop(): void;
}

/**
 * @param stream where to write; a terminal gets a bar
 * @param clock milliseconds that never go back
 */
export function startProgress(
  stream: NodeJS.WriteStream = process.stderr,
  clock: () => number = () => performance.now(),
): Progress {
  return stream.isTTY ? bar(stream, clock) : lines(stream, clock);
}

function bar(stream: NodeJS.WriteStream, clock: () => number): Progress {
  const started = clock();
  let shown: CliProgress.SingleBar | null = null;
  return {
    update(share, text) {
      const elapsed = clock() - started;
      if (elapsed < QUIET_MS) return;
      if (!shown) {
        // Loaded for work that lasts, and not for every command.
        const cliProgress = createRequire(import.meta.url)('cli-progress') as typeof CliProgress;
        const format = '{bar} {percentage}% | {text}{left}';
        shown = new cliProgress.SingleBar(
          { format, hideCursor: true, clearOnComplete: true, stream },
          cliProgress.Presets.shades_classic,
        );
        shown.start(FINENESS, 0, { text, left: '' });
      }
      shown.update(Math.round((share ?? 0) * FINENESS), { text, left: timeLeft(share, elapsed) });
    },
    stop() {
      shown?.stop();
    },
  };
}

function lines(stream: NodeJS.WriteStream, clock: () => number): Progress {
  const started = clock();
  let last = started + QUIET_MS - PLAIN_EVERY_MS;
  return {
    update(share, text) {
      const now = clock();
      if (now - last < PLAIN_EVERY_MS) return;
      last = now;
      const percent = share === null ? '' : `${Math.floor(share * 100)}% | `;
      stream.write(`${percent}${text}${timeLeft(share, now - started)}\n`);
    },
    stop() {},
  };
}

function timeLeft(share: number | null, elapsedMs: number): string {
  if (share === null || share <= 0 || share >= 1) return '';
  const seconds = Math.ceil((elapsedMs / 1000) * (1 / share - 1));
  const minutes = Math.floor(seconds / 60);
  return minutes > 0
    ? ` | about ${minutes} min ${seconds % 60} s left`
    : ` | about ${seconds} s left`;
}
