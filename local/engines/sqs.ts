/** SQS on this machine: local-aws-sqs inside this process, in memory. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createRequestHandler } from 'local-aws-sqs';
import type { Engine } from './engine.ts';
import { closeServer, listenOnLoopback, loopbackHost } from './ports.ts';

/**
 * @param options.region in the queues' ARNs, with account 000000000000
 * @throws {Error} when the port cannot be bound.
 */
export async function startSqs(options: { port: number; region: string }): Promise<Engine> {
  const { requestHandler } = createRequestHandler({
    port: options.port,
    hostname: loopbackHost,
    region: options.region,
    accountId: '000000000000',
    // AWS makes one wait 60 seconds before a deleted queue's name can be used again; a laptop need not.
    emulateQueueCreationLifecycle: false,
  });
  const server = await listenOnLoopback({
    port: options.port,
    listener: (request, response) => void requestHandler(request, response),
  });
  return {
    service: 'SQS',
    backedBy: `local-aws-sqs ${installedVersion()}`,
    url: `http://${loopbackHost}:${options.port}`,
    stop: () => closeServer(server),
  };
}

function installedVersion(): string {
  const packageFile = createRequire(import.meta.url).resolve('local-aws-sqs/package.json');
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return version;
}
