/** `xqg serve`: the server and its page over one or several indexes. */
import { isIP } from 'node:net';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { CommandContext, Register } from '../command.js';
import {
  addExpandOptions,
  addFileLimitOptions,
  bytes,
  collect,
  expandOptions,
  fileLimitOptions,
  fileLimitsOf,
  givenExpansion,
  parseOptions,
  whole,
} from '../options.js';

const options = z.object({
  index: z.array(z.string()),
  host: z.string().default('127.0.0.1'),
  port: whole(0).pipe(z.number().max(65_535, 'is more than 65535')).default(7070),
  keys: z.union([z.string(), z.literal(false)]).optional(),
  allowHost: z.array(z.string()).default([]),
  allowOrigin: z
    .array(z.string().regex(/^https?:\/\/[^/]+$/, 'is not like https://example.org'))
    .default([]),
  experiments: z.string().default('.xqg/experiments'),
  pack: z.string().optional(),
  running: whole(1).optional(),
  waiting: whole(0).optional(),
  timeout: whole(1).optional(),
  rate: whole(0).optional(),
  maxUpload: bytes.optional(),
  maxRequest: bytes.optional(),
  ...fileLimitOptions,
  maxIncoming: bytes.optional(),
  accessLog: z.boolean().optional(),
  ...expandOptions,
  expandTimeout: whole(1).optional(),
});
type Given = z.output<typeof options>;

export const registerServe: Register = (parent, act) => {
  const command = parent
    .command('serve')
    .description(
      'serve indexes on this machine: a page for people, HTTP for programs, MCP for assistants',
    )
    .requiredOption(
      '-i, --index <dir>',
      'directory of an index, or NAME=DIR; may be repeated',
      collect,
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <n>', 'port to listen on, 0 for any free one (default: 7070)')
    .option('--keys <file>', 'require a key of this file (xqg keys add)')
    .option('--no-keys', 'need no key, also where other machines can reach the server')
    .option(
      '--allow-host <name>',
      'answer requests for this host name too; may be repeated',
      collect,
    )
    .option(
      '--allow-origin <origin>',
      'let pages of this origin use the server; may be repeated',
      collect,
    )
    .option(
      '--experiments <dir>',
      'folder with experiment runs to show (default: .xqg/experiments)',
    )
    .option('--pack <pack>', 'folder of the pack that made the indexes, if it is not one of xqg')
    .option('--running <n>', 'searches at once (default: 2)')
    .option('--waiting <n>', 'searches that may wait; more are refused (default: 64)')
    .option('--timeout <s>', 'seconds until an answer is given up (default: 30)')
    .option('--rate <n>', 'requests a minute from one client, 0 for any number (default: 3000)')
    .option('--max-upload <size>', 'largest file that is taken (default: 50MB)')
    .option(
      '--max-request <size>',
      'all files of one upload together (default: five times --max-upload)',
    )
    .option(
      '--max-incoming <size>',
      'uploads that are not indexed yet, of one client at most half (default: 4GB)',
    )
    .option(
      '--access-log',
      'write a JSON line for each request to stderr (default: where it is no terminal)',
    )
    .option('--no-access-log', 'write none')
    .option('--json', 'print the address as JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        await serve(context, given);
      }),
    );
  addFileLimitOptions(command);
  addExpandOptions(command).option(
    '--expand-timeout <s>',
    'seconds that a question waits for its expansion, at most half of --timeout (default: 10)',
  );
};

async function serve(context: CommandContext, given: Given): Promise<void> {
  const { host, port, keys: file, timeout } = given;
  if (!isLoopback(host) && file === undefined) throw new XqgError('XQG_SERVER_OPEN', { host });
  const [{ buildServer }, { servedIndexes }, { KeyRing }] = await Promise.all([
    import('../../server/server.js'),
    import('../../server/served-index.js'),
    import('../../server/keys.js'),
  ]);
  const indexes = servedIndexes(given.index.map(namedIndex), { pack: given.pack });
  const { expand } = await givenExpansion(given, context);
  const server = await buildServer({
    indexes,
    keys: typeof file === 'string' ? await KeyRing.open(file) : null,
    hosts: [...given.allowHost, ...(isIP(host) === 6 ? [`[${host}]`] : [host])],
    origins: given.allowOrigin,
    expand,
    expandTimeoutMs: given.expandTimeout === undefined ? undefined : given.expandTimeout * 1000,
    experiments: given.experiments,
    running: given.running,
    waiting: given.waiting,
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    rate: given.rate,
    maxUpload: given.maxUpload,
    maxRequest: given.maxRequest,
    fileLimits: fileLimitsOf(given),
    maxIncoming: given.maxIncoming,
    logger:
      (given.accessLog ?? !process.stderr.isTTY)
        ? { level: 'info', stream: process.stderr }
        : { level: 'error', stream: process.stderr },
  });
  try {
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const { message } = cause as Error;
    throw new XqgError('XQG_SERVER_ADDRESS', { host, port, reason: message }, { cause });
  }
  const { port: taken } = server.server.address() as { port: number };
  const address = `http://${isIP(host) === 6 ? `[${host}]` : host}:${taken}`;
  if (expand !== undefined)
    context.say(`Questions that ask for it are expanded by ${expand.by.identity.name}.`);
  if (context.json) context.printJson({ address, indexes: [...indexes.keys()] });
  else context.print(`Open ${address} in a browser. Ctrl-C stops the server.`);
  await stopped(context.signal);
  context.say('Stopping: requests that have begun are still answered.');
  await server.close();
}

/** Ctrl-C, or what a service manager sends. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    signal.addEventListener('abort', () => done(), { once: true });
    process.once('SIGTERM', () => done());
  });
}

/** DIR goes by its last part; NAME=DIR by the name. */
function namedIndex(text: string): { name: string; directory: string } {
  const [, name, directory] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined) return { name, directory: resolve(directory) };
  return { name: basename(resolve(text)), directory: resolve(text) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
