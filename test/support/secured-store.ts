/**
 * What a store behind TLS and a password has to do, whoever guards it: the tests of it, and a
 * certificate for them.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type CommandOutput, start } from '../cli/run-xqg.js';
import { writePack } from './pack-folder.js';

export interface SecuredStore {
  /** `opensearchs://localhost:PORT/NAME` */
  readonly store: string;
  readonly user: string;
  readonly password: string;
}

/** Writes certificate.pem and key.pem for localhost, signed by itself, into a folder. */
export function writeCertificate(folder: string): void {
  const words = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
  ];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  execFileSync('openssl', [...words, ...names, ...files], { stdio: 'ignore' });
}

/**
 * Tests within a `describe`.
 * @param home folder with what `writeCertificate` wrote
 * @returns runs a command with other settings of the environment than the right ones
 */
export function securedStoreTests(home: string, secured: () => SecuredStore) {
  const at = (name: string): string => join(home, name);
  const [certificate, pack, corpus, directory] = [
    'certificate.pem',
    'pack',
    'corpus.jsonl',
    'index',
  ].map(at);

  /** A process of its own: Node reads its authorities once, when it starts. */
  const run = async (
    env: Record<string, string | undefined>,
    ...words: string[]
  ): Promise<CommandOutput> => {
    const { user, password } = secured();
    const usual = {
      XQG_OPENSEARCH_USER: user,
      XQG_OPENSEARCH_PASSWORD: password,
      NODE_EXTRA_CA_CERTS: certificate,
      XQG_CACHE: at('cache'),
    };
    for (const [key, value] of Object.entries({ ...usual, ...env })) vi.stubEnv(key, value);
    return start(...words).ended;
  };
  const search = (env: Record<string, string | undefined>) =>
    run(env, 'search', 'Honig', '--store', secured().store, '--pack', pack);

  beforeAll(async () => {
    writePack(pack);
    writeFileSync(corpus, '{"id":"bees","text":"The bee makes honey.","lang":"en"}\n');
    const words = [
      'index',
      corpus,
      '--index',
      directory,
      '--pack',
      pack,
      '--store',
      secured().store,
    ];
    const { code, stderr } = await run({}, ...words);
    expect(code, stderr).toBe(0);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is made, attached and searched; neither directory nor output holds the password', async () => {
    const { code, stdout, stderr } = await search({});
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('bees');
    const status = await run({}, 'status', '--index', directory, '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ passages: 1 });
    const manifest = readFileSync(join(directory, 'xqg.json'), 'utf8');
    for (const text of [stdout, stderr, status.stdout, manifest])
      expect(text).not.toContain(secured().password);
    expect(manifest).toContain('opensearchs://localhost');
  });

  it.each([
    ['a wrong password', { XQG_OPENSEARCH_PASSWORD: 'wrong horse' }],
    ['none', { XQG_OPENSEARCH_USER: undefined, XQG_OPENSEARCH_PASSWORD: undefined }],
  ])('is refused with %s', async (_, env) => {
    const { code, stderr } = await search(env);
    expect(code).toBe(1);
    expect(stderr).toContain('XQG_STORE_REFUSED');
    expect(stderr).not.toContain('horse');
  });

  it('is not trusted where its authority is unknown', async () => {
    const { code, stderr } = await search({ NODE_EXTRA_CA_CERTS: undefined });
    expect(code).toBe(1);
    expect(stderr).toMatch(/XQG_STORE_UNREACHABLE[\s\S]*self-signed certificate/);
  });

  return run;
}
