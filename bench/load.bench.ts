/**
 * Load on loopback: a server over a large index, 64 clients for a minute, then more than it can
 * serve, then few again. A client sends its next question when the last one is answered; one that
 * is turned away comes back after the time that the response states. Prints response times, how
 * many requests were shed, and the server's memory. Builds the index if it is not there.
 * usage: npm run bench bench/load.bench.ts -- [--index .xqg/load] [--clients 64] [--seconds 60] [--crowd 256]
 *   [--json]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildLargeIndex, LANGUAGES, serveLargeIndex } from './large-index.js';

const { values } = parseArgs({
  options: {
    index: { type: 'string', default: join('.xqg', 'load') },
    clients: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '60' },
    crowd: { type: 'string', default: '256' },
    json: { type: 'boolean', default: false },
  },
});
const [clients, seconds, crowd] = [values.clients, values.seconds, values.crowd].map(Number);
const SHORT = 15;
const SAMPLE_MS = 2000;

const questions = readdirSync('demo/questions').flatMap((file) => {
  const { lang, questions } = JSON.parse(readFileSync(join('demo', 'questions', file), 'utf8')) as {
    lang: string;
    questions: { text: string }[];
  };
  return LANGUAGES.includes(lang) ? questions.map(({ text }) => ({ lang, question: text })) : [];
});
buildLargeIndex(values.index);
const { server, address } = await serveLargeIndex(values.index);
try {
  const bodies = questions.map((question) => JSON.stringify({ ...question, k: 10 }));
  // Every language's table and matrix is there before it is measured.
  for (const body of bodies) {
    const { status } = await send(address, body);
    if (status !== 200) throw new Error(`${status} for ${body}`);
  }

  const memory: number[] = [];
  const watching = setInterval(async () => memory.push(await residentMiB(address)), SAMPLE_MS);
  const phases: object[] = [];
  for (const [name, connections, duration] of [
    ['steady', clients, seconds],
    ['crowd', crowd, SHORT],
    ['again', 4, SHORT],
  ] as const) {
    phases.push({
      name,
      clients: connections,
      seconds: duration,
      ...(await load(address, bodies, connections, duration)),
    });
  }
  clearInterval(watching);
  const report = {
    cores: availableParallelism(),
    otherLoad: loadavg().map((load) => Math.round(load * 10) / 10),
    node: process.version,
    index: values.index,
    phases,
    memoryMiB: memory,
  };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.table(phases);
    console.log(`resident memory every ${SAMPLE_MS / 1000} s, MiB: ${memory.join(' ')}`);
    console.log(
      `${report.cores} cores, load averages ${report.otherLoad.join(' ')}, Node ${report.node}`,
    );
  }
} finally {
  server.kill('SIGTERM');
}

async function residentMiB(address: string): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)![1]) / 2 ** 20);
}

/** @param duration seconds; response times are in milliseconds */
async function load(
  address: string,
  bodies: readonly string[],
  connections: number,
  duration: number,
) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + duration * 1000;
  const times: number[] = [];
  let [shed, errors, next] = [0, 0, 0];
  const client = async () => {
    while (performance.now() < end) {
      const started = performance.now();
      const { status, retryAfter } = await send(address, bodies[next++ % bodies.length], agent);
      if (status === 200) times.push(performance.now() - started);
      else if (status !== 503) errors++;
      else {
        shed++;
        await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000));
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  agent.destroy();
  times.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))]);
  return {
    answered: times.length,
    perSecond: Math.round(times.length / duration),
    shed,
    errors,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
  };
}

interface Answer {
  /** 0: no response. */
  readonly status: number;
  /** Seconds. */
  readonly retryAfter: number;
}

function send(address: string, body: string, agent?: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const url = `${address}/api/indexes/load/search`;
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      const { statusCode: status = 0, headers } = response;
      const retryAfter = Number(headers['retry-after'] ?? 1);
      response.on('end', () => resolve({ status, retryAfter }));
    });
    sent.on('error', () => resolve({ status: 0, retryAfter: 1 }));
    sent.end(body);
  });
}
