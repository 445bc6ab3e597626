// Load on loopback: a server over a large index, 64 clients for a minute, then more than it takes, then few again. A client
// asks its next question when the last one is answered; one that is sent away comes back after the time that it is told.
// Prints times of answers, what was shed, and the server's memory.
// usage: npm run load [-- --index .xqg/load --clients 64 --seconds 60 --crowd 256 --json]     (makes the index if it is not there)
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LANGUAGES, makeLargeIndex, serveLargeIndex } from './large-index.mjs';

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
  const { lang, questions } = JSON.parse(readFileSync(join('demo', 'questions', file), 'utf8'));
  return LANGUAGES.includes(lang) ? questions.map(({ text }) => ({ lang, question: text })) : [];
});
makeLargeIndex(values.index);
const { server, address } = await serveLargeIndex(values.index);
try {
  const bodies = questions.map((asked) => JSON.stringify({ ...asked, k: 10 }));
  // Every language's table and matrix is there before it is measured.
  for (const body of bodies) {
    const { status } = await ask(address, body);
    if (status !== 200) throw new Error(`${status} for ${body}`);
  }

  const memory = [];
  const watching = setInterval(async () => memory.push(await residentMiB(address)), SAMPLE_MS);
  const phases = [];
  for (const [name, connections, duration] of [
    ['steady', clients, seconds],
    ['crowd', crowd, SHORT],
    ['again', 4, SHORT],
  ]) {
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

async function residentMiB(address) {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)[1]) / 2 ** 20);
}

/** So many clients for so many seconds. Times of answers in milliseconds. */
async function load(address, bodies, connections, duration) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + duration * 1000;
  const times = [];
  let [shed, errors, next] = [0, 0, 0];
  const client = async () => {
    while (performance.now() < end) {
      const started = performance.now();
      const { status, retryAfter } = await ask(address, bodies[next++ % bodies.length], agent);
      if (status === 200) times.push(performance.now() - started);
      else if (status !== 503) errors++;
      else {
        shed++;
        await new Promise((again) => setTimeout(again, retryAfter * 1000));
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  agent.destroy();
  times.sort((a, b) => a - b);
  const quantile = (share) =>
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

/** status 0: no answer. */
function ask(address, body, agent) {
  return new Promise((done) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const url = `${address}/api/indexes/load/search`;
    const asked = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      const { statusCode: status, headers: told } = response;
      response.on('end', () => done({ status, retryAfter: Number(told['retry-after'] ?? 1) }));
    });
    asked.on('error', () => done({ status: 0, retryAfter: 1 }));
    asked.end(body);
  });
}
