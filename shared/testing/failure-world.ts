import { readPosition } from '../change/position.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { RedriveSources } from '../operations/failures/redrive.ts';
import { requeueFailures } from '../operations/failures/requeue-failures.ts';
import { type SettledFailure, type SettleOptions, settleFailures } from '../operations/failures/settle-failures.ts';
import type { ConsumerDefinition } from '../runtime/consumer-definition.ts';
import { deadLetterStore, getDeadLetter, listDeadLetterKeys, type StoredDeadLetter } from '../runtime/dead-letters.ts';
import { type OperatedTarget, operatedTarget } from './operated-target.ts';

type Settling = Partial<Pick<SettleOptions, 'action' | 'scope' | 'filter' | 'dryRun'>> & {
  readonly told?: (settled: SettledFailure) => void;
};

/** A target in memory whose consumers gave up on records. */
export interface FailureWorld extends OperatedTarget {
  /** Where its consumers put dead letters. */
  readonly letters: ReturnType<typeof deadLetterStore>;
  /** Makes a dead letter of a record, for a reason that is gone. */
  giveUp(consumer: string, record: unknown): Promise<void>;
  /** Redrives all dead letters, unless told otherwise. */
  settle(options?: Settling): Promise<readonly SettledFailure[]>;
  /** The same, and answers the verdicts alone. */
  kinds(options?: Settling): Promise<readonly string[]>;
  requeueAll(): Promise<void>;
  lettersOf(consumer: string): Promise<readonly StoredDeadLetter[]>;
}

export const failedShard = 'shardId-1';

export function failureWorld(options: {
  readonly table: TableDefinition;
  readonly registry: readonly ConsumerDefinition[];
  readonly sources: RedriveSources;
}): FailureWorld {
  const { table, sources } = options;
  const world = operatedTarget(options);
  const { target, clock, failures, notices } = world;
  const letters = deadLetterStore({ objects: failures, notices, clock, codeVersion: 'old' });
  let draws = 1;
  /** Never the same twice: an owner is known by it. */
  const random = () => (draws++ * 0.618) % 1;
  const settle = async ({ told, ...settling }: Settling = {}) => {
    const settled: SettledFailure[] = [];
    const all = settleFailures({
      ...{ target, clock, random, table, sources },
      ...{ filter: {}, scope: 'record', action: 'redrive' },
      ...settling,
    });
    for await (const each of all) {
      settled.push(each);
      told?.(each);
    }
    return settled;
  };
  return {
    ...world,
    letters,
    giveUp: async (consumer, record) => {
      const position = readPosition(record, failedShard);
      if (position === undefined) throw new Error('The record has no position');
      await letters.store({ consumer, position, record, error: { code: 'sink-rejected', message: 'for a reason' } });
    },
    settle,
    kinds: async (settling) => (await settle(settling)).map(({ kind }) => kind),
    requeueAll: async () => void (await requeueFailures({ target, filter: {}, scope: 'record', clock })),
    lettersOf: async (consumer) => {
      const keys = await listDeadLetterKeys(failures, consumer);
      const found = await Promise.all(keys.map((key) => getDeadLetter(failures, key)));
      return found.filter((letter) => letter !== undefined);
    },
  };
}
