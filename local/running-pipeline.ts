import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a running `npm start` tells other commands on this machine: its process and the variables of its services. */
export interface RunningPipeline {
  readonly processId: number;
  readonly environment: Readonly<Record<string, string>>;
}

const path = fileURLToPath(new URL('../.tributary/running.json', import.meta.url));

export function announce(environment: RunningPipeline['environment']): void {
  mkdirSync(dirname(path), { recursive: true });
  const running: RunningPipeline = { processId: process.pid, environment };
  writeFileSync(path, JSON.stringify(running, undefined, 2));
}

export function withdraw(): void {
  if (read()?.processId === process.pid) rmSync(dirname(path), { recursive: true, force: true });
}

/** Undefined when nothing runs; a note left behind by a killed process counts as nothing. */
export function findRunning(): RunningPipeline | undefined {
  const running = read();
  return running !== undefined && isAlive(running.processId) ? running : undefined;
}

function read(): RunningPipeline | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunningPipeline;
  } catch {
    return undefined;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
