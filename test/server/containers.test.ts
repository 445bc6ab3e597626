/**
 * The container's files, as far as that can be said without building it; `npm run test:containers` runs
 * their steps by hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.js';

/** Instructions of the Dockerfile with continued lines joined. */
const instructions = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [, name, rest] = /^(\S+)\s+(.*)$/.exec(line)!;
    return { name, rest };
  });
const all = (name: string) =>
  instructions.filter((each) => each.name === name).map(({ rest }) => rest);
const since = (name: string) =>
  instructions.slice(instructions.findLastIndex((each) => each.name === name));

describe('Dockerfile', () => {
  it('builds on glibc with a supported version of Node', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      engines: { node: string };
    };
    for (const image of all('FROM')) {
      expect(image).toMatch(/^node:\d+-bookworm-slim( AS build)?$/);
      expect(Number(/\d+/.exec(image)![0])).toBeGreaterThanOrEqual(
        Number(/\d+/.exec(engines.node)![0]),
      );
    }
  });

  it('copies existing files, and nothing with ADD', () => {
    expect(all('ADD')).toEqual([]);
    for (const copied of all('COPY')) {
      const words = copied.split(' ').filter((word) => !word.startsWith('--'));
      for (const source of words.slice(0, -1)) {
        const path = source.replace(/^\/build\//, '');
        expect(existsSync(path), path).toBe(true);
      }
    }
  });

  it('runs as an unprivileged user, with commands that need no shell', () => {
    expect(since('FROM').filter(({ name }) => name === 'USER')).toEqual([
      { name: 'USER', rest: '1000' },
    ]);
    expect(since('USER').some(({ name }) => name === 'RUN')).toBe(false);
    for (const name of ['ENTRYPOINT', 'CMD']) expect(() => JSON.parse(all(name)[0])).not.toThrow();
    expect(all('ENTRYPOINT')[0]).toContain(
      (JSON.parse(readFileSync('package.json', 'utf8')) as { bin: { xqg: string } }).bin.xqg,
    );
  });

  it('starts the server with valid options, on the exposed port', () => {
    const [command, ...words] = JSON.parse(all('CMD')[0]) as string[];
    const serve = createProgram(new AbortController().signal).commands.find(
      (each) => each.name() === command,
    )!;
    const known = serve.options.map(({ long }) => long);
    for (const word of words.filter((each) => each.startsWith('--'))) expect(known).toContain(word);
    const port = String(serve.options.find(({ long }) => long === '--port')!.defaultValue ?? 7070);
    expect(all('EXPOSE')).toEqual([port]);
    expect(all('HEALTHCHECK')[0]).toContain(`127.0.0.1:${port}/health`);
  });
});

describe('compose.yaml', () => {
  const { services } = parse(readFileSync('compose.yaml', 'utf8')) as {
    services: Record<string, Record<string, unknown>>;
  };

  it('publishes the port on this machine only, and drops privileges', () => {
    expect(Object.keys(services)).toEqual(['xqg']);
    const { ports, read_only, cap_drop, security_opt, volumes, tmpfs, build } = services.xqg;
    expect(build).toBe('.');
    expect(ports).toEqual(['127.0.0.1:7070:7070']);
    expect(read_only).toBe(true);
    expect(cap_drop).toEqual(['ALL']);
    expect(security_opt).toEqual(['no-new-privileges:true']);
    expect(volumes).toEqual(['./data:/data']);
    expect(tmpfs).toEqual(['/tmp']);
  });
});
