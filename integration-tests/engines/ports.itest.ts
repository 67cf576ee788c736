import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { closeServer, createPortAllocator, defaultPorts, listenOnLoopback } from '../../local/engines/ports.ts';

test('a taken port yields the next free one', async () => {
  const busy = await createPortAllocator().take(0);
  const server = await listenOnLoopback({ port: busy, listener: (_, response) => response.end() });

  expect(await createPortAllocator().take(busy)).toBeGreaterThan(busy);

  await closeServer(server);
  await closeServer(server);
});

test('no port is given out twice, also when asked for at once', async () => {
  const { take } = createPortAllocator();
  const first = await take(0);

  const ports = await Promise.all([take(first), take(first), take(0)]);

  expect(new Set([first, ...ports]).size).toBe(4);
});

test('the search passes over the default ports of other services', async () => {
  const { take } = createPortAllocator();
  await take(defaultPorts.console);

  const second = await take(defaultPorts.console);

  expect(Object.values<number>(defaultPorts)).not.toContain(second);
});

test('a port that cannot be bound is named', async () => {
  const port = await createPortAllocator().take(0);
  const server = await listenOnLoopback({ port, listener: (_, response) => response.end() });

  await expect(listenOnLoopback({ port, listener: () => undefined })).rejects.toThrow(`127.0.0.1:${port}`);

  await closeServer(server);
  await closeServer(createServer());
});
