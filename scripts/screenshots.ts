/**
 * Pictures of the page for the documentation, over the demo's index: docs/page-*.png. Needs
 * Chromium on the PATH, or $XQG_BROWSER. usage: npm run docs:page
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const ARABIC = 'هل يجب أن تكون المدرسة الابتدائية مجانية؟';
const THAI = 'ทุกคนมีสิทธิได้รับการศึกษาหรือไม่';
const search = (question: string): string => `/?index=demo&q=${encodeURIComponent(question)}`;

interface Picture {
  readonly name: string;
  readonly path: string;
  /** Opens the explanation of the first result. */
  readonly why?: boolean;
  readonly colorScheme?: 'dark' | 'light';
  readonly width?: number;
  readonly height?: number;
}

const PICTURES: readonly Picture[] = [
  { name: 'search-arabic', path: search(ARABIC), why: true },
  { name: 'search-thai-dark', path: search(THAI), colorScheme: 'dark' },
  { name: 'search-narrow', path: search(ARABIC), width: 360, height: 780 },
  { name: 'queries', path: '/explore?index=demo&id=article-26' },
];

const executablePath =
  process.env.XQG_BROWSER ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) =>
      ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)),
    )
    .find(existsSync);
if (!executablePath) {
  console.error('No Chromium on the PATH: install one, or name it with XQG_BROWSER.');
  process.exit(1);
}

const words = [
  'dist/bin/xqg.js',
  'serve',
  '--index',
  join('.xqg', 'demo'),
  '--port',
  '0',
  '--json',
  '--no-access-log',
];
const server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
const line = await new Promise<string>((resolve) => server.stdout.once('data', resolve));
const { address } = JSON.parse(line) as { address: string };
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const {
    name,
    path,
    why = false,
    width = 1280,
    height = 860,
    colorScheme = 'light',
  } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.goto(address + path, { waitUntil: 'networkidle' });
    const results = page.getByRole('region', { name: 'With generated queries' });
    if (path.startsWith('/?')) await results.waitFor();
    if (why) {
      await results.getByRole('button', { name: 'Why this?' }).first().click();
      await page.getByText('the passage itself').waitFor();
    }
    // The lines between the columns follow the layout.
    await page.waitForTimeout(400);
    await page.screenshot({ path: join('docs', `page-${name}.png`) });
    await page.close();
    console.error(`docs/page-${name}.png`);
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
}
