// A rival in a process of its own: a line to its stdin, a line of JSON back; its first line says that it is ready.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export function startRival(command, args, env = process.env) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
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
