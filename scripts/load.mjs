// Load on loopback: a server over a large index, 64 clients for a minute, then more than it takes, then few again. Prints
// times, what was shed, and the server's memory.
// usage: node bench/indexing.bench.mjs --passages 100000 --keep .xqg/load     (once)
//        npm run load [-- --index .xqg/load --clients 64 --seconds 60 --crowd 256 --json]
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

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
  return questions.map(({ text }) => ({ lang, question: text }));
});
const words = ['dist/cli/main.js', 'serve', '--index', `load=${values.index}`, '--port', '0', '--rate', '0'];
const server = spawn(process.execPath, [...words, '--json', '--no-access-log'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const { address } = JSON.parse(await new Promise((told) => server.stdout.once('data', told)));
  const url = `${address}/api/indexes/load/search`;
  const headers = { 'content-type': 'application/json' };
  const requests = questions.map((asked) => ({ method: 'POST', body: JSON.stringify({ ...asked, k: 10 }) }));
  // Every language's table and matrix is there before it is measured.
  for (const { body } of requests) {
    const response = await fetch(url, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
  }

  const memory = [];
  const watching = setInterval(async () => memory.push(await residentMiB(address)), SAMPLE_MS);
  const phases = [];
  for (const [name, connections, duration] of [
    ['steady', clients, seconds],
    ['crowd', crowd, SHORT],
    ['again', 4, SHORT],
  ]) {
    const result = await autocannon({ url, headers, requests, connections, duration, timeout: 60 });
    const { latency, statusCodeStats } = result;
    const counted = (code) => statusCodeStats[code]?.count ?? 0;
    phases.push({
      name,
      clients: connections,
      seconds: duration,
      answered: counted(200),
      perSecond: Math.round(counted(200) / duration),
      shed: counted(503),
      otherErrors: result.errors + result.timeouts + result.non2xx - counted(503),
      p50: latency.p50,
      p90: latency.p90,
      p99: latency.p99,
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
    console.log(`${report.cores} cores, load averages ${report.otherLoad.join(' ')}, Node ${report.node}`);
  }
} finally {
  server.kill('SIGTERM');
}

async function residentMiB(address) {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)[1]) / 2 ** 20);
}
