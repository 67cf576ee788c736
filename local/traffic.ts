import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../functions/table.ts';
import { toPlain } from '../shared/writer/plain-item.ts';
import { createWriter } from '../shared/writer/write.ts';
import { createSeededRandom } from './demo/seeded-random.ts';
import { edit, move, newUser, toItem, type User } from './demo/user-items.ts';

export interface Traffic {
  stop(): Promise<void>;
}

/** One region that the traffic writes to. */
export interface TrafficTarget {
  readonly region: string;
  readonly client: DynamoDBClient;
}

/**
 * Writes a little of everything, for ever, to either region: people sign up, change, move, leave. About
 * `writesPerSecond` writes/s, through the writer that applications use.
 */
export function startTraffic(options: {
  readonly targets: readonly [TrafficTarget, ...TrafficTarget[]];
  readonly seed: number;
  readonly writesPerSecond: number;
  readonly onError: (error: unknown) => void;
}): Traffic {
  const { targets, writesPerSecond, onError } = options;
  const random = createSeededRandom(options.seed);
  const aborter = new AbortController();
  const people = new Map<string, User>();
  const [first, ...rest] = targets.map(({ region, client }) =>
    createWriter({
      dynamodb: client,
      table: { tableName: table.name, definition: table },
      region,
      mode: 'active-active',
    }),
  );
  let signUps = 0;

  const step = async () => {
    if (first === undefined) return;
    const writer = random.pick([first, ...rest]);
    const [someone, ...others] = people.values();
    if (someone === undefined || random.chance(0.25)) {
      signUps += 1;
      const user = newUser(signUps, random);
      people.set(user.id, user);
      return writer.put(toPlain(toItem(user)));
    }
    const user = random.pick([someone, ...others]);
    if (random.chance(0.07)) {
      people.delete(user.id);
      return writer.delete({ id: user.id });
    }
    const changed = { ...user, ...(random.chance(0.3) ? move(user, random) : edit(random)) };
    people.set(user.id, changed);
    // The whole item: the other region may not have heard of it yet.
    return writer.put(toPlain(toItem(changed)));
  };

  const running = (async () => {
    while (!aborter.signal.aborted) {
      await step().catch(onError);
      await delay(1000 / writesPerSecond, undefined, { signal: aborter.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      aborter.abort();
      await running;
    },
  };
}
