import type { ObjectStore } from './port.ts';

/** A bucket in memory. */
export function objectStoreTwin(): ObjectStore {
  const objects = new Map<string, string>();
  return {
    put: async ({ key, body }) => {
      objects.set(key, body);
    },
    get: async (key) => objects.get(key),
    list: async (prefix) =>
      [...objects.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    delete: async (key) => {
      objects.delete(key);
    },
  };
}
