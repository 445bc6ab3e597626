/** What every storage of parts does. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPartStorage } from '../../../src/indexing/workers/open-part-storage.js';
import type { PartStorage } from '../../../src/indexing/workers/part-storage.js';

/** @param placeOf gives a place that holds nothing */
export function describeStorage(name: string, placeOf: () => Promise<string>): void {
  describe(`part storage: ${name}`, () => {
    let place: string;
    let storage: PartStorage;
    beforeEach(async () => {
      place = await placeOf();
      storage = await openPartStorage(place);
    });
    afterEach(() => storage.close());

    it('gives back what was put in, also through another connection', async () => {
      const bytes = randomBytes(3_000_000);
      expect(await storage.has('a/b.rows')).toBe(false);
      expect(await storage.get('a/b.rows')).toBeNull();
      await storage.put('a/b.rows', bytes);
      await storage.put('a/empty', new Uint8Array(0));
      const other = await openPartStorage(place);
      expect(await other.has('a/b.rows')).toBe(true);
      expect(Buffer.compare((await other.get('a/b.rows'))!, bytes)).toBe(0);
      expect((await other.get('a/empty'))!.length).toBe(0);
      expect(await other.has('a/b')).toBe(false);
      other.close();
    });

    it('takes the same object from many at once', async () => {
      const bytes = randomBytes(100_000);
      const others = await Promise.all(Array.from({ length: 8 }, () => openPartStorage(place)));
      await Promise.all(others.map((other) => other.put('same', bytes)));
      await storage.put('same', bytes);
      expect(Buffer.compare((await storage.get('same'))!, bytes)).toBe(0);
      for (const other of others) other.close();
    });

    it('never shows half an object', async () => {
      const bytes = randomBytes(4_000_000);
      let writing = true;
      const writes = (async () => {
        for (let i = 0; i < 5; i++) {
          await storage.put('whole', bytes);
          await storage.remove('whole');
        }
        writing = false;
      })();
      const lengths = new Set<number>();
      while (writing) {
        const found = await storage.get('whole');
        if (found !== null) lengths.add(found.length);
      }
      await writes;
      expect([...lengths].filter((length) => length !== bytes.length)).toEqual([]);
    });

    it('takes out what is there, and does not mind what is not', async () => {
      await storage.put('x', Buffer.from('x'));
      await storage.remove('x');
      await storage.remove('x');
      expect(await storage.has('x')).toBe(false);
    });
  });
}
