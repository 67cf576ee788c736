import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { GenericContainer, StartupCheckStrategy, type StartupStatus } from 'testcontainers';
import { loopbackHost } from '../ports.ts';
import { chooseImage, containerRuntime, type EngineImage } from './images.ts';

/** A disk that unpacks a fetched image, and two cores that other work is using too. */
const readyTimeoutMs = 180_000;
const answerTimeoutMs = 5_000;
const runLabel = 'tributary.run';
const keptOutputChars = 2_000;

export interface ContainerOptions {
  readonly image: EngineImage;
  /** On this machine's loopback. */
  readonly port: number;
  /** Where the engine listens within the container. */
  readonly containerPort: number;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** More than that ends it, before it takes memory from the pipeline. */
  readonly memoryGb: number;
  /** What shows that it is up. */
  readonly ready: { readonly path: string; readonly status: number };
}

export interface RunningContainer {
  /** The image's name, with its tag. */
  readonly image: string;
  readonly url: string;
  /** Removes the container and its data. Safe to call twice. */
  stop(): Promise<void>;
}

/** @throws {ContainersUnavailable} when there is no container engine or no image; {Error} when it does not come up. */
export async function startContainer(options: ContainerOptions): Promise<RunningContainer> {
  const { image, port, containerPort, command, environment, memoryGb, ready } = options;
  const client = await containerRuntime();
  const name = await chooseImage(image, {
    exists: (wanted) => client.image.exists(wanted),
    pull: (wanted) => client.image.pull(wanted),
  });
  const guard = startGuard();
  const url = `http://${loopbackHost}:${port}`;
  let output = '';
  const container = new LoopbackContainer(name)
    .onLoopback(port, containerPort)
    .withLabels({ [runLabel]: guard.run })
    // The library's own reaper is an image more to fetch; the guard does its work.
    .withAutoCleanup(false)
    .withEnvironment({ ...environment })
    .withResourcesQuota({ memory: memoryGb })
    .withLogConsumer((stream) => {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-keptOutputChars);
      });
    })
    .withWaitStrategy(new Answers(url + ready.path, ready.status).withStartupTimeout(readyTimeoutMs));
  if (command !== undefined) container.withCommand([...command]);
  try {
    const started = await container.start();
    return {
      image: name,
      url,
      stop: async () => {
        await started.stop();
        guard.dismiss();
      },
    };
  } catch (cause) {
    guard.alarm();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const said = output.trim() === '' ? 'It printed nothing.' : `Its last output: ${output.trim()}`;
    throw new Error(`${image.engine} did not come up in a container of ${name}: ${reason}. ${said}`, { cause });
  }
}

/** The library publishes ports on every network interface. */
class LoopbackContainer extends GenericContainer {
  onLoopback(port: number, containerPort: number): this {
    this.withExposedPorts({ container: containerPort, host: port });
    this.hostConfig.PortBindings = {
      [`${containerPort}/tcp`]: [{ HostIp: loopbackHost, HostPort: String(port) }],
    };
    return this;
  }
}

/** Asks the engine itself, from here, with more patience than the library has for one answer. */
class Answers extends StartupCheckStrategy {
  readonly #url: string;
  readonly #status: number;

  constructor(url: string, status: number) {
    super();
    this.#url = url;
    this.#status = status;
  }

  async checkStartupState(
    ...[docker, id]: Parameters<StartupCheckStrategy['checkStartupState']>
  ): Promise<StartupStatus> {
    const { State } = await docker.getContainer(id).inspect();
    if (!State.Running) return 'FAIL';
    const answer = await fetch(this.#url, { signal: AbortSignal.timeout(answerTimeoutMs) }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === this.#status ? 'SUCCESS' : 'PENDING';
  }
}

// The container may be under way when this process ends: it is looked for a few times.
const guardScript = `
read -r dismissed && exit 0
for attempt in 1 2 3; do
  containers=$(docker ps -aq --filter "label=${runLabel}=$1")
  [ -z "$containers" ] || docker rm --force --volumes $containers
  sleep 1
done
`;

/**
 * A container belongs to the daemon and outlives a process that is killed. So a small shell waits for the end of a pipe
 * that only this process holds open, and removes what bears the run's label.
 */
function startGuard(): { readonly run: string; dismiss(): void; alarm(): void } {
  const run = randomUUID();
  const guard = spawn('/bin/sh', ['-c', guardScript, 'tributary-guard', run], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard, and a container that is stopped in order needs none.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return { run, dismiss: () => guard.stdin.end('dismissed\n'), alarm: () => guard.stdin.end() };
}
