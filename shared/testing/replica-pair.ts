import type { AttributeMap } from '../change/attribute-value.ts';
import type { DynamoDbCall, Intercept } from '../services/dynamodb/intercept.ts';
import type { StreamRecord } from '../services/dynamodb/twin/stream-record.ts';
import { type ReplicaCircumstances, type ReplicaInvocation, type ReplicaWorld, replicaWorld } from './replica-world.ts';

export const A = 'eu-central-1';
export const B = 'eu-west-1';

export interface ReplicaPair extends ReplicaWorld {
  /** Delivers what the stream of a region holds and was not delivered yet, as one batch. */
  flow(from: string, circumstances?: ReplicaCircumstances): Promise<ReplicaInvocation>;
  /** What `flow` would deliver; from then on it counts as delivered. */
  take(from: string): StreamRecord[];
  /** Delivers in turn until no region has anything to say; resolves with the number of deliveries. */
  settle(): Promise<number>;
  /** The item in both regions without its stamp; `undefined` where there is none or a tombstone. */
  values(id: string): Promise<readonly (string | undefined)[]>;
  /** Time passes for all. */
  pass(microseconds: number): void;
}

/** Two regions and the two replicators between them, for schedules. */
export function replicaPair(): ReplicaPair {
  const world = replicaWorld([A, B]);
  const checkpoints = new Map<string, number>();
  const take = (from: string) => {
    const { stream } = world.region(from);
    const batch = stream.slice(checkpoints.get(from) ?? 0);
    checkpoints.set(from, stream.length);
    return batch;
  };
  const linkFrom = (from: string) => ({ from, to: from === A ? B : A });
  const flow: ReplicaPair['flow'] = (from, circumstances) => world.deliver(linkFrom(from), take(from), circumstances);
  return {
    ...world,
    take,
    flow,
    async settle() {
      for (let deliveries = 0; deliveries < 10; deliveries += 1) {
        const from = [A, B].find((name) => world.region(name).stream.length > (checkpoints.get(name) ?? 0));
        if (from === undefined) return deliveries;
        await flow(from);
      }
      throw new Error('the regions do not come to rest');
    },
    values: async (id) => {
      const items = await Promise.all([A, B].map((name) => world.item(name, id)));
      return items.map(shownValue);
    },
    pass: (microseconds) => {
      world.now.microseconds += BigInt(microseconds);
    },
  };
}

export function text(value: string): AttributeMap {
  return { value: { S: value } };
}

/** Runs something in front of the first such call. */
export function inFrontOf(concerns: (call: DynamoDbCall) => boolean, meanwhile: () => Promise<unknown>): Intercept {
  let isOver = false;
  return async (call, proceed) => {
    if (!isOver && concerns(call)) {
      isOver = true;
      await meanwhile();
    }
    return proceed();
  };
}

/** The function is killed at the first such call: `after` it took effect, or while it is `underWay`, to land later. */
export function killed(
  concerns: (call: DynamoDbCall) => boolean,
  when: 'after' | 'underWay',
): { readonly intercept: Intercept; readonly land: () => Promise<unknown> } {
  let isKilled = false;
  let landing: () => Promise<unknown> = async () => undefined;
  return {
    land: () => landing(),
    intercept: async (call, proceed) => {
      if (isKilled) throw new Error('killed');
      if (!concerns(call)) return proceed();
      isKilled = true;
      if (when === 'after') await proceed();
      else landing = proceed;
      throw new Error('killed');
    },
  };
}

function shownValue(item: AttributeMap | undefined): string | undefined {
  if (item === undefined || item._deleted !== undefined) return undefined;
  const shown = [item.value, item.kept].flatMap((value) => (value && 'S' in value ? [value.S] : []));
  return shown.join('+');
}
