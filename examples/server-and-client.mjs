/**
 * Serve an index over HTTP and ask it with the typed client, which also runs in browsers.
 * Run: node examples/server-and-client.mjs
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex } from 'xqg';
import { XqgClient, XqgClientError } from 'xqg/client';

const folder = await mkdtemp(join(tmpdir(), 'xqg-example-'));
const directory = join(folder, 'library');
const index = await openIndex(directory, { create: true });
await index.add([{ id: 'owl', title: 'Owls', text: 'The owl hunts mice at night.', lang: 'en' }]);
await index.close();

// `xqg serve --index NAME=FOLDER`; port 0 takes any free one, --json prints the address.
const command = ['xqg', 'serve', '--index', `library=${directory}`, '--port', '0', '--json'];
const server = spawn('npx', [...command, '--no-access-log'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
try {
  const [output] = await once(server.stdout, 'data');
  const client = new XqgClient({ address: JSON.parse(output).address });

  // `with` is the ranking with the generated queries; `augment: 'both'` asks for the other one too.
  const question = { question: 'Was jagt die Eule?', lang: 'de' };
  const { with: ranking } = await client.search('library', question);
  console.log(ranking.hits.map(({ id }) => id).join(' '));

  // The server adds documents in a job; `watch` yields its states until it ends.
  const { id } = await client.addDocuments('library', [
    { id: 'frog', title: 'Frogs', text: 'The frog sleeps in the mud in winter.', lang: 'en' },
  ]);
  let state = 'queued';
  for await (const job of client.watch(id)) state = job.state;
  console.log(state);
  const { passages } = await client.passages('library');
  console.log(passages.map((passage) => passage.id).join(' '));

  // A refusal has a code, a message and a remedy.
  await client.search('attic', { question: 'owl' });
} catch (error) {
  if (!(error instanceof XqgClientError)) throw error;
  console.log(error.code, error.remedy);
} finally {
  // npx and the server that it started.
  process.kill(-server.pid, 'SIGTERM');
  await once(server, 'exit');
  await rm(folder, { recursive: true });
}
