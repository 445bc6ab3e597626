/** A server over a small index, created once per test file and removed by `end`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { type NewDocument, openIndex } from '../../src/index.js';
import { servedIndexes } from '../../src/server/served-index.js';
import { buildServer, type ServerOptions, type XqgServer } from '../../src/server/server.js';
import { writePack } from '../support/pack-folder.js';

/** Documents of two teams; the words of the blue team occur nowhere else. */
const DOCUMENTS: NewDocument[] = [
  {
    id: 'bees',
    title: 'Bees',
    text: 'The bee flies far. Honey is made at night.',
    lang: 'en',
    metadata: { team: 'red', year: 2020 },
  },
  {
    id: 'trains',
    title: 'Trains',
    text: 'The train leaves the station in the morning.',
    lang: 'en',
    metadata: { team: 'red', year: 1999 },
  },
  {
    id: 'secret-bread',
    title: 'Secretbread',
    text: 'Secretbread comes out of the oven every morning, with honey of the bee.',
    lang: 'en',
    metadata: { team: 'blue', year: 2021 },
  },
  {
    id: 'secret-moon',
    title: 'Geheimer Mond',
    text: 'Der Mond scheint in der Nacht auf den Fluss. Secretbread.',
    lang: 'de',
    metadata: { team: 'blue', secretkey: 'Secretbread' },
  },
];

export interface TestPlace {
  /** Temporary folder. */
  readonly home: string;
  readonly pack: string;
  /** Directory of the index `docs`. */
  readonly directory: string;
  /** A server over `docs` and `empty`, which does not exist yet. */
  serve(options?: Partial<ServerOptions>): Promise<XqgServer>;
  end(): Promise<void>;
}

export async function testPlace(documents: readonly NewDocument[] = DOCUMENTS): Promise<TestPlace> {
  const home = mkdtempSync(join(tmpdir(), 'xqg-server-'));
  const pack = writePack(join(home, 'pack'));
  const directory = join(home, 'docs');
  const index = await openIndex(directory, { create: true, pack });
  await index.add(documents);
  await index.close();
  const servers: XqgServer[] = [];
  return {
    home,
    pack,
    directory,
    async serve(options = {}) {
      const named = [
        { name: 'docs', directory },
        { name: 'empty', directory: join(home, 'empty') },
      ];
      const server = await buildServer({
        indexes: servedIndexes(named, { pack }),
        page: join(home, 'no-page'),
        ...options,
      });
      servers.push(server);
      await server.ready();
      return server;
    },
    async end() {
      for (const server of servers) await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function post(
  server: XqgServer,
  url: string,
  payload: object,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return server.inject({ method: 'POST', url, payload, headers });
}

/** Waits until a job has ended, polling at an interval in milliseconds. */
export async function ended(
  server: XqgServer,
  id: string,
  headers: Record<string, string> = {},
  everyMs = 100,
) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const job = (await server.inject({ url: `/api/jobs/${id}`, headers })).json();
    if (job.ended !== null) return job;
    await new Promise((next) => setTimeout(next, everyMs));
  }
  throw new Error(`job ${id} does not end`);
}
