import type { ObjectStore } from './port.ts';

/** A bucket in memory. */
export function objectStoreTwin(): ObjectStore {
  const objects = new Map<string, Buffer>();
  return {
    put: async ({ key, body }) => {
      objects.set(key, Buffer.from(body));
    },
    get: async (key) => objects.get(key)?.toString('utf8'),
    getBytes: async (key) => {
      const body = objects.get(key);
      return body === undefined ? undefined : Uint8Array.from(body);
    },
    list: async (prefix) =>
      [...objects.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    delete: async (key) => {
      objects.delete(key);
    },
  };
}
