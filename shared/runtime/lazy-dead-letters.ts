import type { DeadLetterStore } from '../batch/dead-letter.ts';
import type { Config } from './config.ts';

/** Loads the clients of S3 and SQS with the first poison: hardly any invocation has one, every cold start would pay. */
export function lazyDeadLetters(config: Config): DeadLetterStore {
  let store: Promise<DeadLetterStore> | undefined;
  return {
    store: async (deadLetter) => {
      store ??= import('./connect-dead-letters.ts').then(({ connectDeadLetters }) => connectDeadLetters(config));
      await (await store).store(deadLetter);
    },
  };
}
