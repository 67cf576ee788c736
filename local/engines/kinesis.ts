/** Kinesis on this machine: kinesis-local in a process of its own, in memory, or with a copy of it in a file. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startChildProcess } from './child-process.ts';
import type { Engine } from './engine.ts';
import { loopbackHost } from './ports.ts';

/** The file in `dataFolder`. */
export const kinesisDataFile = 'kinesis-data.json';

/**
 * Clients need the request handler of `createLocalKinesisClient`.
 *
 * @param options.dataFolder where it writes all it holds into `kinesisDataFile` every second, and finds it again at its
 *   start: what was put since then is lost with the process
 * @throws {Error} when it is not up within 60 s: with a full file it reads for seconds.
 */
export async function startKinesis(options: { port: number; dataFolder?: string }): Promise<Engine> {
  const packageFile = createRequire(import.meta.url).resolve('kinesis-local/package.json');
  const folder = dirname(packageFile);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const url = `http://${loopbackHost}:${options.port}`;
  const child = await startChildProcess({
    name: 'kinesis-local',
    command: process.execPath,
    args: ['--import', new URL('./kinesis-preload.ts', import.meta.url).href, join(folder, 'main.js')],
    env: {
      KINESIS_MOCK_PLAIN_PORT: String(options.port),
      // It insists on a TLS port as well: any free one.
      KINESIS_MOCK_TLS_PORT: '0',
      // Read from the working directory unless told otherwise.
      KINESIS_MOCK_CERT_PATH: join(folder, 'server.json'),
      // Creating a stream takes half a second by default, only to look like AWS.
      CREATE_STREAM_DURATION: '10ms',
      LOG_LEVEL: 'ERROR',
      ...(options.dataFolder === undefined ? {} : persistence(options.dataFolder)),
    },
    answers: async () => (await fetch(`${url}/healthcheck`)).ok,
    readyTimeoutMs: 60_000,
  });
  return { service: 'Kinesis', backedBy: `kinesis-local ${version}`, url, stop: () => child.stop() };
}

function persistence(folder: string): Record<string, string> {
  return {
    SHOULD_PERSIST_DATA: 'true',
    PERSIST_PATH: folder,
    PERSIST_FILE_NAME: kinesisDataFile,
    PERSIST_INTERVAL: '1s',
  };
}
