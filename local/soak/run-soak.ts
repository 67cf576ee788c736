/** The demo, slowly: a steady rate for as long as is asked for, a fault each minute, and an eye on the memory. */
import type { WritePlan, WriteUnderFaults } from '../demo/demo-run.ts';
import { faultNames } from '../demo/faults.ts';
import type { Report } from '../demo/report.ts';
import { runDemo } from '../demo/run-demo.ts';
import { faultEachMinute, type MinuteOfFault } from './fault-each-minute.ts';
import { judgeMemory, type MemoryVerdict } from './judge-memory.ts';
import { type Sample, startSampling, toSeries } from './memory-samples.ts';
import { type SoakOptions, usersOf } from './options.ts';
import { sendSteadily } from './send-steadily.ts';

export interface SoakRun {
  readonly projectRoot: string;
  readonly options: SoakOptions;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface SoakReport extends Report {
  readonly minutes: readonly MinuteOfFault[];
  readonly memory: readonly MemoryVerdict[];
}

const minuteMs = 60_000;

/** @throws {Error} when something cannot start, the rate cannot be held, or the run is interrupted. */
export async function runSoak({ projectRoot, options, signal, say }: SoakRun): Promise<SoakReport> {
  const { engines, json, seed } = options;
  const demo = { users: usersOf(options), faults: faultNames, engines, json, seed };
  let minutes: readonly MinuteOfFault[] = [];
  let samples: readonly Sample[] = [];
  const write: WriteUnderFaults = async (_, plan) => {
    ({ minutes, samples } = await writeSteadily(plan, { options, signal, say }));
    return minutes.filter(({ metAfterMs }) => metAfterMs === undefined).map(({ fault }) => fault);
  };
  const report = await runDemo({ projectRoot, options: demo, signal, say, write });
  return { ...report, minutes, memory: toSeries(samples).map(judgeMemory) };
}

async function writeSteadily(
  { pipeline, sender, workload, chapters }: WritePlan,
  { options, signal: interrupted, say }: Omit<SoakRun, 'projectRoot'>,
) {
  // The end of one part is the end of all.
  const failed = new AbortController();
  const signal = AbortSignal.any([interrupted, failed.signal]);
  const durationMs = options.minutes * minuteMs;
  const { writes } = workload.counts;
  say(`Writing ${writes} times in ${options.minutes} minutes, with a fault each minute ...`);
  let written = 0;
  const send: typeof sender.send = async (steps) => {
    await sender.send(steps);
    written += steps.reduce((sum, step) => sum + step.length, 0);
  };
  const sampling = startSampling(pipeline);
  try {
    const [, minutes] = await Promise.all([
      sendSteadily({ steps: workload.steps, durationMs, send, signal }),
      faultEachMinute({ chapters, count: options.minutes, signal, say, sampling, written: () => written }),
    ] as const);
    return { minutes, samples: await sampling.stop() };
  } catch (error) {
    failed.abort(error);
    await sampling.stop();
    throw error;
  }
}
