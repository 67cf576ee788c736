import type { PipelineOptions } from '../pipeline/pipeline-options.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';
import type { FaultChapter } from './faults.ts';
import type { DemoOptions } from './options.ts';
import type { Sender } from './send-workload.ts';
import type { Workload } from './workload.ts';

/** One run as it was asked for. */
export interface DemoRun {
  readonly projectRoot: string;
  readonly options: DemoOptions;
  readonly signal: AbortSignal;
  /** Lines for people, as things happen. */
  readonly say: (line: string) => void;
  /** Changes what is written. @default nothing is changed */
  readonly adapt?: (workload: Workload) => Workload;
  /** @default in chapters, as fast as it goes */
  readonly write?: WriteUnderFaults;
  readonly onLine?: NonNullable<PipelineOptions['onLine']>;
  /** Looks at the pipeline after the recount, before it stops. */
  readonly look?: (pipeline: Pipeline) => Promise<void>;
}

/** What is written, and what goes wrong meanwhile. */
export interface WritePlan {
  readonly pipeline: Pipeline;
  readonly sender: Sender;
  readonly workload: Workload;
  readonly chapters: readonly FaultChapter[];
}

/** Sends the whole workload under all of the chapters; answers the names of those whose fault met nothing. */
export type WriteUnderFaults = (run: DemoRun, plan: WritePlan) => Promise<readonly string[]>;
