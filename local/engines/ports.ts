/**
 * Where the local services listen: one fixed loopback port each, so that an application's settings survive a restart.
 * Nothing here binds another address than 127.0.0.1.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const loopbackHost = '127.0.0.1';

/** The ports used unless the caller overrides them or something else already listens there. */
export const defaultPorts = {
  console: 4700,
  dynamodb: 4701,
  dynamodbSweep: 4702,
  kinesis: 4703,
  s3: 4704,
  sqs: 4705,
  ses: 4706,
  search: 4707,
} as const;

export interface PortAllocator {
  /** The preferred port, or the next one nobody listens on; 0 asks for any. Never the same port twice. */
  take(preferred: number): Promise<number>;
}

/**
 * One allocator per running pipeline: an engine binds its port only some time after it was told which, so two engines
 * that search at once would otherwise find the same free port. Default ports of other services are passed over.
 */
export function createPortAllocator(): PortAllocator {
  const taken = new Set<number>();
  const reserved = new Set<number>(Object.values(defaultPorts));
  let turn: Promise<unknown> = Promise.resolve();

  async function search(preferred: number): Promise<number> {
    if (preferred === 0) {
      const port = await bindable(0);
      if (port === undefined || taken.has(port)) return search(0);
      taken.add(port);
      return port;
    }
    for (let port = preferred; port <= 65_535; port += 1) {
      if (taken.has(port) || (port !== preferred && reserved.has(port))) continue;
      if ((await bindable(port)) === undefined) continue;
      taken.add(port);
      return port;
    }
    throw new Error(
      `No free port from ${preferred} up on ${loopbackHost}: end what listens there, or choose a lower port.`,
    );
  }

  return {
    take(preferred) {
      const found = turn.then(() => search(preferred));
      turn = found.catch(() => undefined);
      return found;
    },
  };
}

/** Serves `listener` on a loopback port. @throws {Error} with the port and the reason when it cannot be bound. */
export function listenOnLoopback(options: { port: number; listener: RequestListener }): Promise<Server> {
  const server = createServer(options.listener);
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`Cannot listen on ${loopbackHost}:${options.port}`, { cause })));
    server.listen(options.port, loopbackHost, () => resolve(server));
  });
}

/** Ends open connections too: an idle keep-alive connection of an SDK client would otherwise hold the server open. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function bindable(port: number): Promise<number | undefined> {
  const probe = createServer();
  const found = await new Promise<number | undefined>((resolve) => {
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host: loopbackHost, exclusive: true }, () => {
      resolve((probe.address() as AddressInfo).port);
    });
  });
  await closeServer(probe);
  return found;
}
