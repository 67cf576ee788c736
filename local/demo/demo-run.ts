import type { DemoOptions } from './options.ts';

/** One run as it was asked for. */
export interface DemoRun {
  readonly projectRoot: string;
  readonly options: DemoOptions;
  readonly signal: AbortSignal;
  /** Lines for people, as things happen. */
  readonly say: (line: string) => void;
}
