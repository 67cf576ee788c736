/** moto, an implementation of AWS's APIs by others: where it and the embedded engine agree, neither made it up. */

import { startChildProcess } from '../local/engines/child-process.ts';
import type { Engine } from '../local/engines/engine.ts';
import { createPortAllocator, loopbackHost } from '../local/engines/ports.ts';
import { cached } from '../local/engines/processes/cache.ts';
import { CommandFailure, runCommand } from '../local/engines/processes/run-command.ts';

const version = '5.2.5';
/** What it needs as a server; its own list for that brings three times as much for other services. */
const packages = [`moto[s3]==${version}`, 'flask==3.1.2', 'flask-cors==6.0.1'];

export type Moto = { readonly start: () => Promise<Engine> } | { readonly missing: string };

/** Fetches it into the cache the first time; says what is missing on this machine when it cannot be had. */
export async function findMoto(): Promise<Moto> {
  try {
    const folder = await installed();
    return { start: () => startMoto(folder) };
  } catch (error) {
    return { missing: `moto ${version}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function installed(): Promise<string> {
  const python = await run(['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  return cached(`moto-${version}-python-${python.trim()}`, async (folder) => {
    await run(['-m', 'pip', '--version']);
    await run(['-m', 'pip', 'install', '--quiet', '--no-compile', '--target', folder, ...packages]);
  });
}

async function run(args: readonly string[]): Promise<string> {
  try {
    return await runCommand('python3', args);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const remedy = 'install Python 3 with pip (Debian, Ubuntu: apt-get install python3-pip)';
    throw new Error(error.isMissing || args.includes('--version') ? remedy : error.message, { cause: error });
  }
}

async function startMoto(folder: string): Promise<Engine> {
  const port = await createPortAllocator().take(0);
  const url = `http://${loopbackHost}:${port}`;
  const child = await startChildProcess({
    name: 'moto',
    command: 'python3',
    args: ['-m', 'moto.server', '-H', loopbackHost, '-p', String(port)],
    env: { PYTHONPATH: folder },
    answers: async () => (await fetch(`${url}/moto-api/data.json`)).ok,
    readyTimeoutMs: 60_000,
  });
  return { service: 'AWS', backedBy: `moto ${version}`, url, stop: () => child.stop() };
}
