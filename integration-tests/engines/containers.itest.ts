import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startDynamoDbContainer } from '../../local/engines/containers/dynamodb.ts';
import type { Engine } from '../../local/engines/engine.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { expectLoopbackOnly } from '../loopback.ts';

const run = promisify(execFile);
const ports = createPortAllocator();

/** Ids of the containers that answer on this port of the machine, dead or alive. */
async function containersOn(port: number): Promise<string[]> {
  const { stdout } = await run('docker', ['ps', '--all', '--quiet', '--filter', `publish=${port}`]);
  return stdout.split('\n').filter((id) => id !== '');
}

describe('an engine in a container', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startDynamoDbContainer({ port: await ports.take(0) });
  });

  afterAll(() => engine?.stop());

  it('listens on loopback only', () => expectLoopbackOnly(engine.url));

  it('is gone after its stop, and can be stopped again', async () => {
    const other = await ports.take(0);
    const stopped = await startDynamoDbContainer({ port: other });
    expect(await containersOn(other)).toHaveLength(1);
    await stopped.stop();
    await stopped.stop();
    expect(await containersOn(other)).toEqual([]);
  });

  it('is removed when the process that started it is killed without a chance to clean up', async () => {
    const other = await ports.take(0);
    const module = new URL('../../local/engines/containers/dynamodb.ts', import.meta.url).href;
    const program = `const { startDynamoDbContainer } = await import('${module}');
      await startDynamoDbContainer({ port: ${other} });
      process.stdout.write('up');`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    await once(parent.stdout, 'data');
    expect(await containersOn(other)).toHaveLength(1);

    parent.kill('SIGKILL');

    await vi.waitFor(async () => expect(await containersOn(other)).toEqual([]), { timeout: 60_000, interval: 250 });
  });
});
