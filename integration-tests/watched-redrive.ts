import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFaultProxy } from '../local/faults/fault-proxy.ts';
import type { RunningPipeline } from '../local/running-pipeline.ts';
import type { Laptop } from './laptop-process.ts';

/** By count, never by time: after so many writes that a service took, or instead of the next one. */
export interface KillPoint {
  readonly service: 'dynamodb' | 's3';
  readonly afterWrites: number;
  /** The write after these is under way when it dies, and never arrives. @default false */
  readonly inTheNext?: boolean;
}

/** Commands of a laptop whose way to the first region's DynamoDB and S3 is watched: what they write is counted. */
export async function watchedCommands(laptop: Laptop, cleanup: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'watched-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const note = join(laptop.environment.TRIBUTARY_FOLDER ?? '', 'running.json');
  const running = JSON.parse(await readFile(note, 'utf8')) as RunningPipeline;
  const [first, ...others] = running.regions;
  if (first === undefined) throw new Error(`${note} names no region`);
  const taken = { dynamodb: 0, s3: 0 };
  let onTaken = () => {};
  const watch = async (service: KillPoint['service']) => {
    const onWrite = ({ status }: { readonly status: number }) => {
      if (status >= 300) return;
      taken[service] += 1;
      onTaken();
    };
    const proxy = await startFaultProxy({ service, target: first.endpoints[service], onWrite });
    cleanup.defer(() => proxy.stop());
    return proxy;
  };
  const proxies = { dynamodb: await watch('dynamodb'), s3: await watch('s3') };
  const endpoints = { ...first.endpoints, dynamodb: proxies.dynamodb.url, s3: proxies.s3.url };
  const watched = { ...running, regions: [{ ...first, endpoints }, ...others] };
  await writeFile(join(folder, 'running.json'), JSON.stringify(watched));

  /** Resolves when it is gone. @throws {Error} when it ended by itself: its moment did not come. */
  async function killed({ service, afterWrites, inTheNext = false }: KillPoint, args: readonly string[]) {
    Object.assign(taken, { dynamodb: 0, s3: 0 });
    const command = laptop.begin(['cli/main.ts', ...args], { TRIBUTARY_FOLDER: folder });
    const gone = once(command, 'exit');
    let said = '';
    for (const stream of [command.stdout, command.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk));
    const kill = () => void command.kill('SIGKILL');
    onTaken = () => {
      if (taken[service] !== afterWrites) return;
      if (inTheNext) proxies[service].crashAtNextWrite('before', kill);
      else kill();
    };
    if (inTheNext && afterWrites === 0) proxies[service].crashAtNextWrite('before', kill);
    const [, signal] = await gone;
    onTaken = () => {};
    if (signal !== 'SIGKILL') throw new Error(`It ended before ${afterWrites} writes to ${service}: ${said}`);
  }
  return { killed };
}
