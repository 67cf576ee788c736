import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildProcess, startChildProcess } from '../child-process.ts';
import type { Java } from './java.ts';

/** Two cores that other work is using too have been seen to take half a minute. */
const readyTimeoutMs = 120_000;

export interface JavaProgram {
  /** As messages name it. */
  readonly name: string;
  readonly classpath: readonly string[];
  readonly mainClass: string;
  /** Options of the virtual machine, given the folder that the program may write to. */
  readonly options: (folder: string) => readonly string[];
  readonly args: (folder: string) => readonly string[];
  /** Any answer shows that it is up. */
  readonly url: string;
}

/** Starts an engine written in Java, with a temporary folder that ends with it. */
export async function startJavaProcess(java: Java, program: JavaProgram): Promise<ChildProcess> {
  const { name, classpath, mainClass, options, args, url } = program;
  // At once with the process that removes it: an end of this one between the two would leave it behind.
  const folder = mkdtempSync(join(tmpdir(), 'tributary-engine-'));
  return startChildProcess({
    name,
    command: java.command,
    args: [
      '-Xmx512m',
      // The collector with the fewest threads: several engines share the machine with the pipeline.
      '-XX:+UseSerialGC',
      // Half the work of a start, and the second compiler hardly pays within the minutes that an engine runs.
      '-XX:TieredStopAtLevel=1',
      // Otherwise each leaves a file in the temporary folder of the machine when it is killed.
      '-XX:-UsePerfData',
      `-Djava.io.tmpdir=${folder}`,
      `-Djna.tmpdir=${folder}`,
      ...options(folder),
      '-cp',
      classpath.join(':'),
      mainClass,
      ...args(folder),
    ],
    folder,
    answers: async () => (await fetch(url)).status > 0,
    readyTimeoutMs,
  });
}
