/**
 * Another program in a process of its own: a line to its stdin, a line of JSON back; its first line
 * says that it is ready.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What was found, and the time that it took. */
export interface Answer {
  readonly ms: number;
  readonly found: readonly (number | string)[];
}

export interface Peer {
  readonly ready: Promise<unknown>;
  ask(line: number | string): Promise<Answer>;
  end(): void;
}

export function startPeer(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Peer {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} has ended`);
    return JSON.parse(value);
  };
  const ready = answer();
  return {
    ready,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}
