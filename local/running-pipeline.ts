import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoints } from './pipeline/function-environment.ts';
import type { Pipeline } from './pipeline/start-pipeline.ts';

/** What a running `npm start` tells other commands on this machine: its process and where its services are. */
export interface RunningPipeline {
  readonly processId: number;
  /** The variables that point an application's SDK at the first region. */
  readonly environment: Readonly<Record<string, string>>;
  /** The first is the home of what exists once. */
  readonly regions: readonly RunningRegion[];
  /** Where its mappings are paused and resumed. */
  readonly controlUrl: string;
}

export interface RunningRegion {
  readonly name: string;
  /** The region that its table is copied to. */
  readonly replica: string;
  readonly endpoints: Endpoints;
  /** Where notices of dead letters go. */
  readonly queueUrl: string;
}

/** One note per checkout; TRIBUTARY_FOLDER keeps apart what runs side by side from the same one, such as test runs. */
const folder = process.env.TRIBUTARY_FOLDER ?? fileURLToPath(new URL('../.tributary', import.meta.url));
const path = join(folder, 'running.json');

export function announce(note: Omit<RunningPipeline, 'processId'>): void {
  mkdirSync(folder, { recursive: true });
  const running: RunningPipeline = { processId: process.pid, ...note };
  writeFileSync(path, JSON.stringify(running, undefined, 2));
}

/** What the note says of a pipeline, all but where its mappings are switched. */
export function noteOf({ regions }: Pick<Pipeline, 'regions'>): Pick<RunningPipeline, 'environment' | 'regions'> {
  const [{ environment }] = regions;
  return {
    environment,
    regions: regions.map(({ name, replica, endpoints, resources }) => {
      return { name, replica, endpoints, queueUrl: resources.queueUrl };
    }),
  };
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
