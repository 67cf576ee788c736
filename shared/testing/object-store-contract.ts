import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../services/s3/port.ts';

/** What every implementation of ObjectStore promises: the twin as well as a real client. `open` gives an empty one. */
export function describeObjectStoreContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`ObjectStore contract: ${name}`, () => {
    let objects: ObjectStore;
    beforeAll(async () => {
      objects = await open();
    });
    const put = (key: string, body: string | Uint8Array) => objects.put({ key, body, contentType: 'any/thing' });

    it('gives back text, and the bytes that it is', async () => {
      await put('text/ä & b.json', '{"name":"Ä"}');
      expect(await objects.get('text/ä & b.json')).toBe('{"name":"Ä"}');
      expect(await objects.getBytes('text/ä & b.json')).toEqual(new TextEncoder().encode('{"name":"Ä"}'));
    });

    it('gives back bytes that are no text', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await put('bytes', bytes);
      expect(await objects.getBytes('bytes')).toEqual(bytes);
    });

    it('holds the last of several objects under one key', async () => {
      await put('twice', 'a longer one');
      await put('twice', 'two');
      expect(await objects.get('twice')).toBe('two');
    });

    it('knows nothing of a key that was never put, or was deleted', async () => {
      await put('gone', 'x');
      await objects.delete('gone');
      await objects.delete('never there');
      for (const key of ['gone', 'never there']) {
        expect(await objects.get(key)).toBeUndefined();
        expect(await objects.getBytes(key)).toBeUndefined();
      }
    });

    it('lists the keys under a prefix in the order of their bytes', async () => {
      for (const key of ['list/b', 'list/é', 'list/a/1', 'listed']) await put(key, 'x');
      expect(await objects.list('list/')).toEqual(['list/a/1', 'list/b', 'list/é']);
      expect(await objects.list('none/')).toEqual([]);
    });
  });
}
