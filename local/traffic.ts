import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { createSeededRandom } from './demo/seeded-random.ts';
import { edit, move, newUser, toItem, type User } from './demo/user-items.ts';

export interface Traffic {
  stop(): Promise<void>;
}

/** Writes a little of everything, for ever: people sign up, change, move, leave. About `writesPerSecond` writes/s. */
export function startTraffic(options: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly seed: number;
  readonly writesPerSecond: number;
  readonly onError: (error: unknown) => void;
}): Traffic {
  const { client, tableName: TableName, writesPerSecond, onError } = options;
  const random = createSeededRandom(options.seed);
  const aborter = new AbortController();
  const people = new Map<string, User>();
  let signUps = 0;

  const signUp = () => {
    signUps += 1;
    const user = newUser(signUps, random);
    people.set(user.id, user);
    return client.send(new PutItemCommand({ TableName, Item: toItem(user) }));
  };
  const change = (user: User) => {
    const changed = random.chance(0.3) ? move(user, random) : edit(random);
    people.set(user.id, { ...user, ...changed });
    return client.send(new UpdateItemCommand({ TableName, Key: { id: { S: user.id } }, ...setting(changed) }));
  };
  const leave = (user: User) => {
    people.delete(user.id);
    return client.send(new DeleteItemCommand({ TableName, Key: { id: { S: user.id } } }));
  };
  const step = () => {
    const [first, ...others] = people.values();
    if (first === undefined || random.chance(0.25)) return signUp();
    const someone = random.pick([first, ...others]);
    return random.chance(0.07) ? leave(someone) : change(someone);
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

function setting(changed: Partial<User>): Partial<UpdateItemCommandInput> {
  const entries = Object.entries(toItem(changed));
  return {
    UpdateExpression: `SET ${entries.map((_, at) => `#n${at} = :v${at}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name], at) => [`#n${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], at) => [`:v${at}`, value])),
  };
}
