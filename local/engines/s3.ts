/**
 * S3 on this machine, in memory: the operations an object store is used for here (put, get, head, delete, list,
 * buckets), with S3's own errors, checksums and conditions.
 *
 * Written here because s3rver, the embeddable alternative, accepts one fixed pair of credentials (an application has
 * one pair for all services), ignores `If-None-Match`, and needs a folder on disk. Whatever is not implemented is
 * refused with `NotImplemented`, never half done. Signatures are not checked.
 */
import type { Engine } from './engine.ts';
import { closeServer, listenOnLoopback, loopbackHost } from './ports.ts';
import { createBuckets } from './s3/buckets.ts';
import { createS3Listener } from './s3/listener.ts';

/** @throws {Error} when the port cannot be bound. */
export async function startS3(options: { port: number }): Promise<Engine> {
  const listener = createS3Listener(createBuckets());
  const server = await listenOnLoopback({ port: options.port, listener });
  return {
    service: 'S3',
    backedBy: 'embedded object store, in memory',
    url: `http://${loopbackHost}:${options.port}`,
    stop: () => closeServer(server),
  };
}
