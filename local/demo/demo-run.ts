import type { PipelineOptions } from '../pipeline/pipeline-options.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';
import type { DemoOptions } from './options.ts';
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
  readonly onLine?: NonNullable<PipelineOptions['onLine']>;
  /** Looks at the pipeline after the recount, before it stops. */
  readonly look?: (pipeline: Pipeline) => Promise<void>;
}
