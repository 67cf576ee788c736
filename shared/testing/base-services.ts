import type { BaseServices, InvocationContext } from '../runtime/services.ts';
import { deadLetterBox } from './fake-sinks.ts';

/** What every handler is given, for tests: silent, with dead letters in memory, at a time that stands still. */
export function baseServices(options: {
  readonly consumer: string;
  /** Values of the variables that the definition declares. */
  readonly values: Readonly<Record<string, string>>;
  /** @default a box that nobody looks into */
  readonly deadLetters?: BaseServices['deadLetters'];
}): BaseServices {
  const { consumer, values, deadLetters = deadLetterBox().store } = options;
  return {
    config: {
      consumer,
      region: 'eu-west-1',
      stage: 'test',
      codeVersion: 'test',
      deadLetters: { bucket: 'unused', queueUrl: 'http://127.0.0.1/unused' },
      value: (variable) => values[variable] ?? '',
    },
    deadLetters,
    clock: { nowMs: () => Date.UTC(2026, 0, 1), sleep: async () => undefined },
    random: () => 0,
    log: { startInvocation: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: { add: () => undefined, flush: () => undefined },
  };
}

export const invocationContext: InvocationContext = {
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => 60_000,
};
