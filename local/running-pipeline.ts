import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a running `npm start` tells other commands on this machine: its process and the variables of its services. */
export interface RunningPipeline {
  readonly processId: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** One note per checkout; TRIBUTARY_FOLDER keeps apart what runs side by side from the same one, such as test runs. */
const folder = process.env.TRIBUTARY_FOLDER ?? fileURLToPath(new URL('../.tributary', import.meta.url));
const path = join(folder, 'running.json');

export function announce(environment: RunningPipeline['environment']): void {
  mkdirSync(folder, { recursive: true });
  const running: RunningPipeline = { processId: process.pid, environment };
  writeFileSync(path, JSON.stringify(running, undefined, 2));
}

export function withdraw(): void {
  if (read()?.processId !== process.pid) return;
  rmSync(path, { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
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
