import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress } from '../../src/cli/progress.js';

describe('progress without a terminal', () => {
  it('is silent for two seconds, then says one plain line every five, with the time left', () => {
    const stream = new PassThrough();
    let now = 0;
    const progress = startProgress(stream as unknown as NodeJS.WriteStream, () => now);
    const said = () => stream.read()?.toString() ?? '';
    now = 1000;
    progress.update(0.1, '100 passages');
    expect(said()).toBe('');
    now = 4000;
    progress.update(0.5, '1,000 passages');
    expect(said()).toBe('50% | 1,000 passages | about 4 s left\n');
    now = 6000;
    progress.update(0.6, '1,500 passages');
    expect(said()).toBe('');
    now = 200_000;
    progress.update(0.5, '1,600 passages');
    expect(said()).toBe('50% | 1,600 passages | about 3 min 20 s left\n');
    now = 300_000;
    progress.update(null, 'counting');
    expect(said()).toBe('counting\n');
    progress.stop();
  });
});

describe('progress on a terminal', () => {
  it('is a bar that goes away at the end', () => {
    const stream = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 80,
      clearLine: () => {},
      cursorTo: () => {},
      moveCursor: () => {},
      clearScreenDown: () => {},
    });
    let now = 0;
    const progress = startProgress(stream as unknown as NodeJS.WriteStream, () => now);
    progress.update(0.2, '1 passage');
    expect(stream.read()).toBeNull();
    now = 3000;
    progress.update(0.5, '7 passages');
    progress.stop();
    expect(stream.read().toString()).toContain('| 7 passages');
  });
});
