/**
 * Kinesis on this machine, in a process of its own: the operations that readers and writers of a stream use, with the
 * limits and the errors of the API reference. Whatever is not implemented is refused, never half done.
 *
 * Written here because the ready-made ones take some ten milliseconds of a processor for each call, keep whatever they
 * were given in memory for good, and write what should outlive them once a second.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChildProcess } from './child-process.ts';
import type { Engine } from './engine.ts';
import { loopbackHost } from './ports.ts';

/**
 * Clients need the request handler of `createLocalKinesisClient`.
 *
 * @param options.dataFolder where it keeps all that it has acknowledged, and finds it again at its start; without it,
 *   in a folder that goes when it ends
 * @throws {Error} when it is not up within 60 s: with a full folder it reads for seconds.
 */
export async function startKinesis(options: { port: number; dataFolder?: string }): Promise<Engine> {
  const url = `http://${loopbackHost}:${options.port}`;
  // At once with the process that removes it: an end of this one between the two would leave it behind.
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'tributary-kinesis-'));
  const program = fileURLToPath(new URL('./kinesis/main.ts', import.meta.url));
  const child = await startChildProcess({
    name: 'the embedded Kinesis',
    command: process.execPath,
    args: [program, String(options.port), folder],
    ...(options.dataFolder === undefined ? { folder } : {}),
    // Any answer shows that it is up, a refusal too.
    answers: async () => (await fetch(url)).status > 0,
    readyTimeoutMs: 60_000,
  });
  return { service: 'Kinesis', backedBy: 'embedded Kinesis', url, stop: () => child.stop() };
}
