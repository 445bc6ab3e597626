import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress } from '../../src/cli/progress.js';

describe('progress without a terminal', () => {
  it('is silent for two seconds, then says one plain line every five, with the time left', () => {
    const stream = new PassThrough() as unknown as NodeJS.WriteStream;
    let now = 0;
    const progress = startProgress('passages', stream, () => now);
    const said = () => (stream as unknown as PassThrough).read()?.toString() ?? '';
    now = 1000;
    progress.update(100, 2000);
    expect(said()).toBe('');
    now = 4000;
    progress.update(1000, 2000);
    expect(said()).toBe('1,000 of 2,000 passages, about 4 s left\n');
    now = 6000;
    progress.update(1500, 2000);
    expect(said()).toBe('');
    now = 9000;
    progress.update(1600, 0);
    expect(said()).toBe('1,600 passages\n');
    progress.stop();
  });
});
