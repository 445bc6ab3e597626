/** A browser for tests, and a server with the demo's text for it to open. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { readArticles } from '../../scripts/udhr-articles.js';
import { openIndex } from '../../src/index.js';
import { servedIndexes } from '../../src/server/served-index.js';
import { buildServer, type ServerOptions, type XqgServer } from '../../src/server/server.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** $XQG_BROWSER, else Chromium of the PATH; null where there is none. */
export function findBrowser(): string | null {
  const { XQG_BROWSER: given, PATH = '' } = process.env;
  const candidates = PATH.split(delimiter).flatMap((folder) =>
    NAMES.map((name) => join(folder, name)),
  );
  return (
    [...(given === undefined ? [] : [given]), ...candidates].find((path) => existsSync(path)) ??
    null
  );
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser()!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
}

export interface Served {
  readonly address: string;
  readonly home: string;
  readonly server: XqgServer;
  close(): Promise<void>;
}

/**
 * The articles of the Declaration in these languages (names of the package udhr) as the index
 * `udhr` of a new folder, beside the empty one `empty`.
 */
export async function indexDeclaration(languages: readonly string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'xqg-web-'));
  const folder = join(dirname(fileURLToPath(import.meta.resolve('udhr'))), 'declaration');
  const index = await openIndex(join(home, 'udhr'), { create: true });
  for (const language of languages) {
    const articles = readArticles(join(folder, `${language}.html`)).map((article) => ({
      ...article,
      id: language === 'eng' ? article.id : `${language}-${article.id}`,
      metadata: { language },
    }));
    await index.add(articles, { source: language });
  }
  await index.close();
  const empty = await openIndex(join(home, 'empty'), { create: true });
  await empty.add([{ id: 'gone', text: 'Gone soon.', lang: 'en' }]);
  await empty.remove({ documents: ['gone'] });
  await empty.close();
  return home;
}

/** Serves what `indexDeclaration` made, and the index `none`, which is not there. */
export async function serve(home: string, options: Partial<ServerOptions> = {}): Promise<Served> {
  const indexes = servedIndexes(
    ['udhr', 'empty', 'none'].map((name) => ({ name, directory: join(home, name) })),
    {},
  );
  const page = resolve('dist/web');
  const server = await buildServer({
    indexes,
    page,
    rate: 0,
    ...options,
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  return { address, home, server, close: () => server.close() };
}
