import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expansionsOf } from '../../src/expand/apply.js';
import { ChatExpander, EXPANSION_PROMPTS } from '../../src/expand/chat.js';
import { openExpander } from '../../src/expand/open-expander.js';
import { Answers } from '../../src/models/remote/answer-cache.js';
import { type EndpointFields, endpointOf } from '../../src/models/remote/endpoint.js';
import { openIndex } from '../../src/xqg-index.js';
import { xqg } from '../cli/run-xqg.js';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.js';

const KEY = 'sk-very-secret';
const QUESTION = { text: 'Wer macht Honig?', lang: 'de' };
let server: OpenAiServer;
let folder: string;

beforeEach(async () => {
  server = await startOpenAiServer();
  folder = mkdtempSync(join(tmpdir(), 'xqg-expand-'));
  vi.stubEnv('XQG_CACHE', join(folder, 'cache'));
  vi.stubEnv('OPENAI_API_KEY', KEY);
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function open(prompt?: string, settings: EndpointFields = {}): Promise<ChatExpander> {
  const endpoint = endpointOf({
    url: server.url,
    backoffSeconds: 0.01,
    timeoutSeconds: 2,
    ...settings,
  });
  const answers = await Answers.open(join(folder, 'answers.jsonl'));
  return ChatExpander.open('chatty', { endpoint, prompt, answers });
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('expansions by a chat model', () => {
  it('fill the shipped prompts with question and language; few-shot ones hold examples', async () => {
    server.reply = () => 'Bienen machen Honig.';
    for (const prompt of EXPANSION_PROMPTS) {
      const expander = await open(prompt);
      expect(await expander.expand([QUESTION])).toEqual([
        { text: 'Bienen machen Honig.', lang: 'de' },
      ]);
      await expander.close();
    }
    const contents = server.requests.map(({ messages }) => messages[0].content as string);
    expect(contents).toHaveLength(4);
    for (const content of contents) {
      expect(content).toMatch(/in German[\s\S]*Question: Wer macht Honig\?/);
      expect(content).not.toMatch(/[{}]/);
    }
    const examples = contents.map((content) => content.match(/^Question: /gm)!.length - 1);
    expect(examples).toEqual([0, 3, 0, 3]);
  });

  it('ask a question once, also in another run; take a text that was cut, without fences and quotes', async () => {
    server.reply = () => '```\n"Bienen machen\nHonig."\n```';
    const first = await open();
    const [written] = await first.expand([QUESTION]);
    expect(written.text).toBe('Bienen machen Honig.');
    await first.close();
    const again = await open();
    expect(await again.expand([QUESTION])).toEqual([written]);
    expect(server.requests).toHaveLength(1);
    await again.close();
  });

  it('try again after trouble, keep what arrived, and name the key nowhere', async () => {
    server.reply = ({ messages }) => `about ${messages[0].content.length}`;
    server.troubles = [{ status: 500 }, 'cut', 'drop', 'hang'];
    const expander = await open(undefined, { concurrency: 1 });
    await expander.expand([QUESTION]);
    expect(server.requests).toHaveLength(5);
    server.beforeAnswer = (count) => {
      if (count === 2) server.troubles = [{ status: 401, body: `the key ${KEY} is unknown` }];
    };
    const three = ['eins', 'zwei', 'drei'].map((text) => ({ text, lang: 'de' }));
    const failed = await expander.expand(three).catch((error) => error);
    expect(failed).toMatchObject({ code: 'XQG_REMOTE_REFUSED' });
    expect(JSON.stringify([failed.message, failed.details, expander.identity])).not.toContain(KEY);
    server.troubles = [];
    await expander.expand(three);
    const asked = server.answered.map(({ messages }) => messages[0].content);
    expect(new Set(asked).size).toBe(asked.length);
    await expander.close();
  });

  it('take a prompt of the user, whose hash is in the identity, and refuse one without the question', async () => {
    const mine = await open(write('mine.txt', 'Answer: {question}'));
    const shipped = await open();
    expect(mine.identity.settings.prompt).not.toBe(shipped.identity.settings.prompt);
    const prompt = write('bad.txt', 'Answer!');
    await expect(
      ChatExpander.open('chatty', { endpoint: endpointOf({ url: server.url }), prompt }),
    ).rejects.toMatchObject({ code: 'XQG_PROMPT' });
    await mine.close();
    await shipped.close();
  });
});

describe('recorded expansions', () => {
  it('are found by their question; one that lacks, a broken row and an unknown name are told', async () => {
    const file = write(
      'texts.jsonl',
      '{"question": "Wer macht Honig?", "text": "Bees", "lang": "en"}\n',
    );
    const expander = await openExpander(file);
    expect(await expander.expand([QUESTION])).toEqual([{ text: 'Bees', lang: 'en' }]);
    await expect(expander.expand([{ text: 'Warum?', lang: 'de' }])).rejects.toMatchObject({
      code: 'XQG_EXPANSION_MISSING',
      details: { count: 1, question: 'Warum?' },
    });
    await expect(openExpander(write('bad.jsonl', '{"question": "x"}\n'))).rejects.toMatchObject({
      code: 'XQG_EXPANSION_ROW',
      details: { line: '1' },
    });
    await expect(openExpander('magic')).rejects.toMatchObject({ code: 'XQG_UNKNOWN_EXPANDER' });
  });

  it('are weighted as they are used', async () => {
    const file = write(
      'texts.jsonl',
      '{"question": "Wer macht Honig?", "text": "Bees", "lang": "en"}\n',
    );
    const by = await openExpander(file);
    const asked = [{ text: QUESTION.text, languages: [{ lang: 'de', weight: 1 }] }];
    const english = [{ lang: 'en', weight: 1 }];
    expect(await expansionsOf(asked, { by, weight: 0.5 })).toEqual([
      { text: 'Bees', languages: english, dense: 'appended', lexicalWeight: 0.5 },
    ]);
    expect(await expansionsOf(asked, { by, how: 'mix', weight: 0.5 })).toEqual([
      { text: 'Bees', languages: english, dense: 0.5, lexicalWeight: 0 },
    ]);
    await expect(expansionsOf(asked, { by, how: 'mix', weight: 2 })).rejects.toMatchObject({
      code: 'XQG_NUMBER_OUT_OF_RANGE',
    });
  });
});

describe('a search with an expansion', () => {
  const index = () => join(folder, 'index');
  const searching = (...more: string[]) =>
    xqg('search', 'Was tun sie dort?', '--index', index(), '--lang', 'de', '--json', ...more);

  beforeEach(async () => {
    const made = await openIndex(index(), { create: true, queryLanguages: ['de'] });
    await made.add([
      { id: 'bees', title: '', text: 'Bees make honey in the hive.', lang: 'en' },
      { id: 'trains', title: '', text: 'Trains leave the station in the morning.', lang: 'en' },
    ]);
    await made.close();
  });

  it('finds by the text, says what it cost, and is off by default', async () => {
    server.reply = () => 'Bees make honey.';
    const endpoint = write('endpoint.json', JSON.stringify({ url: server.url }));
    const plain = JSON.parse((await searching()).stdout);
    expect(plain.expansion).toBeNull();
    expect(server.requests).toHaveLength(0);
    const asked = ['--expand', 'openai:chatty', '--endpoint', endpoint, '--expand-lang', 'en'];
    for (const how of ['append', 'mix']) {
      const told = await searching(...asked, '--expand-how', how, '--mode', 'dense');
      expect(told.code, told.stderr).toBe(0);
      const { expansion, hits } = JSON.parse(told.stdout);
      expect(expansion).toMatchObject({
        text: 'Bees make honey.',
        lang: 'en',
        how,
        by: 'openai/chatty',
      });
      expect(expansion.milliseconds).toBeGreaterThan(0);
      expect(hits[0].id).toBe('bees');
      const before = plain.hits.find(({ id }: { id: string }) => id === 'bees');
      expect(hits[0].dense).toBeGreaterThan(before?.dense ?? 0);
    }
    const lexical = JSON.parse((await searching(...asked, '--mode', 'lexical')).stdout);
    expect(lexical.hits[0]).toMatchObject({ id: 'bees' });
    expect(JSON.parse((await searching('--mode', 'lexical')).stdout).hits).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
    const people = await xqg(
      'search',
      'Was tun sie dort?',
      '--index',
      index(),
      '--lang',
      'de',
      ...asked,
    );
    expect(people.stdout).toMatch(/expanded by openai\/chatty in \d+ ms \(appended, weight 0.2\)/);
  });

  it('is explained, with what the text gives to both legs', async () => {
    const recorded = write(
      'texts.jsonl',
      '{"question": "Was tun sie dort?", "text": "Bees make honey.", "lang": "en"}\n',
    );
    const explaining = (...more: string[]) =>
      xqg('explain', 'Was tun sie dort?', 'bees', '--index', index(), '--lang', 'de', ...more);
    const { dense, lexical, expansion } = JSON.parse(
      (await explaining('--expand', recorded, '--json')).stdout,
    );
    expect(expansion).toMatchObject({ text: 'Bees make honey.', by: 'recorded' });
    expect(dense.expansion.question + dense.expansion.text).toBeCloseTo(dense.score, 6);
    const added = lexical.languages.find((language: { expansion: boolean }) => language.expansion);
    expect(added.terms[0].contribution).toBeGreaterThan(0);
    const people = (await explaining('--expand', recorded)).stdout;
    expect(people).toMatch(/Bees make honey\./);
    expect(people).toMatch(/the question\n.*what the appended expansion changes/);
    expect(people).toMatch(/expansion as en, weight 0.20/);
    const mixed = (await explaining('--expand', recorded, '--expand-how', 'mix')).stdout;
    expect(mixed).toMatch(/the expansion, mixed in/);
    const wrong = await explaining(
      '--expand',
      recorded,
      '--expand-how',
      'mix',
      '--expand-weight',
      '2',
    );
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('XQG_NUMBER_OUT_OF_RANGE'),
    ]);
  });

  it('takes what xqg expand wrote, also for a file of questions', async () => {
    server.reply = () => 'Bees make honey.';
    const endpoint = write('endpoint.json', JSON.stringify({ url: server.url }));
    const questions = write('questions.tsv', '1\tWas tun sie dort?\n2\tUnd hier?\n');
    const asked = ['--queries', questions, '--lang', 'de'];
    const rows = await xqg(
      'expand',
      ...asked,
      '--by',
      'openai:chatty',
      '--endpoint',
      endpoint,
      '--to',
      'en',
    );
    expect(rows.code, rows.stderr).toBe(0);
    expect(JSON.parse(rows.stdout.split('\n')[1])).toEqual({
      id: '2',
      question: 'Und hier?',
      text: 'Bees make honey.',
      lang: 'en',
    });
    const recorded = write('texts.jsonl', rows.stdout);
    await server.close();
    const run = await xqg(
      'search',
      '--index',
      index(),
      ...asked,
      '--expand',
      recorded,
      '--mode',
      'lexical',
    );
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout.trim().split('\n')).toHaveLength(2);
    expect(run.stdout).toMatch(/^1 Q0 bees 1/);
    server = await startOpenAiServer();
  });
});
