import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/server/gate.js';

const never = new AbortController().signal;
const by = (client: string, signal = never) => ({ client, signal });

/** Work that goes on until it is told to end, whatever its signal says. */
function endless() {
  let end = (): void => undefined;
  const work = () =>
    new Promise<void>((resolve) => {
      end = resolve;
    });
  return { work, end: () => end() };
}

describe('the gate', () => {
  it('lets clients take turns', async () => {
    const gate = new Gate({ running: 1, waiting: 20, timeoutMs: 10_000 });
    const order: string[] = [];
    const ask = (client: string) =>
      gate.run(by(client), async () => {
        order.push(client);
        await setTimeout(1);
      });
    await Promise.all([...'aaaaaaaabb'].map(ask));
    expect(order.join('')).toBe('aababaaaaa');
  });

  it('refuses the one who asks most when there is no room', async () => {
    const gate = new Gate({ running: 1, waiting: 3, timeoutMs: 10_000 });
    const { work, end } = endless();
    const running = gate.run(by('greedy'), work);
    const waiting = [1, 2, 3].map(() => gate.run(by('greedy'), async () => 'greedy'));
    await setTimeout(0);
    expect(() => gate.requireRoom('greedy')).toThrow('waiting');
    gate.requireRoom('modest');
    const modest = gate.run(by('modest'), async () => 'modest');
    end();
    await running;
    const results = await Promise.allSettled([...waiting, modest]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    await gate.onIdle();
    expect([gate.running, gate.waiting, gate.shed]).toEqual([0, 0, 2]);
  });

  it('answers a client that waits too long, and keeps the turn until the work has ended', async () => {
    const gate = new Gate({ running: 1, waiting: 3, timeoutMs: 50 });
    const { work, end } = endless();
    await expect(gate.run(by('a'), work)).rejects.toHaveProperty('code', 'XQG_REQUEST_TOO_SLOW');
    expect(gate.running).toBe(1);
    await expect(gate.run(by('b'), async () => 1)).rejects.toHaveProperty(
      'code',
      'XQG_REQUEST_TOO_SLOW',
    );
    end();
    expect(await gate.run(by('b'), async () => 1)).toBe(1);
  });

  it('runs a long read beside searches, and one at a time', async () => {
    const gate = new Gate({ running: 1, waiting: 5, timeoutMs: 10_000 });
    const first = endless();
    const running = gate.run(by('a'), first.work, { lane: 'long' });
    const client = new AbortController();
    const second = gate.run(by('a', client.signal), async () => 'never', { lane: 'long' });
    await setTimeout(0);
    expect(await gate.run(by('a'), async () => 'found')).toBe('found');
    expect([gate.running, gate.waiting]).toEqual([1, 1]);
    client.abort();
    await expect(second).rejects.toHaveProperty('name', 'AbortError');
    expect(gate.waiting).toBe(0);
    first.end();
    await running;
  });

  it('lets nothing wait where nothing may, and one search at a time run', async () => {
    const gate = new Gate({ running: 1, waiting: 0, timeoutMs: 10_000 });
    gate.requireRoom('a');
    const { work, end } = endless();
    const running = gate.run(by('a'), work);
    await setTimeout(0);
    await expect(gate.run(by('b'), async () => 1)).rejects.toHaveProperty(
      'code',
      'XQG_SERVER_BUSY',
    );
    end();
    await running;
    expect(await gate.run(by('b'), async () => 1)).toBe(1);
  });

  it('survives work that throws at once', async () => {
    const gate = new Gate({ running: 1, waiting: 0, timeoutMs: 10_000 });
    const broken = gate.run(by('a'), () => {
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    expect(gate.running).toBe(0);
  });
});
