/**
 * Sends the planned writes as applications do: each user at home in one region, nearly all writes through the writer,
 * some past it with the plain SDK client, which stamps nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../functions/table.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { toPlain } from '../../shared/writer/plain-item.ts';
import { createWriter, type Writer } from '../../shared/writer/write.ts';
import type { RegionPlace } from '../pipeline/region.ts';
import { plainWrite } from './plain-write.ts';
import type { SeededRandom } from './seeded-random.ts';
import { sendInOrder } from './send-in-order.ts';
import type { Step, Write } from './workload.ts';

export interface SenderOptions {
  readonly regions: readonly [RegionPlace, RegionPlace];
  readonly random: SeededRandom;
  /** Both regions write some users at once. */
  readonly conflicts: boolean;
  /** The second region's clock is ahead by so much. */
  readonly skewMs: number;
  /** Requests in flight at once. */
  readonly concurrency: number;
  /** Whether a step that failed so is sent again, as a whole. @default never */
  readonly again?: (error: unknown) => boolean;
  readonly signal: AbortSignal;
}

/** What was sent beside the plan. */
export interface Sent {
  /** Writes that the other region made of the same item at the same time. */
  readonly conflicting: number;
  readonly skewed: number;
  readonly unstamped: number;
}

export interface Sender {
  /**
   * Resolves when all writes are in the tables. Writes of one user are sent one after the other.
   *
   * @throws {Error} naming the user whose write failed; the others are abandoned.
   */
  send(steps: readonly Step[]): Promise<void>;
  sent(): Sent;
  stop(): void;
}

type Update = Extract<Write, { kind: 'update' }>;

interface Home {
  readonly client: DynamoDBClient;
  readonly writer: Writer;
  readonly skewed: boolean;
}

const shareUnstamped = 0.05;
/** Of deletions that are no part of a transaction: they leave no tombstone by themselves. */
const shareHardDeletes = 0.5;
const shareConflicting = 0.1;
/** Of the conflicting writes: they keep the stamp that the item came with. */
const shareConflictingUnstamped = 0.2;
const stampPatienceMs = 60_000;
const againAfterMs = 100;

export function createSender(options: SenderOptions): Sender {
  const { random, conflicts, concurrency, signal } = options;
  const homes = options.regions.map((region, at) => createHome(region, at === 1 ? options.skewMs : 0));
  const counts = { conflicting: 0, skewed: 0, unstamped: 0 };
  const lastOfUser = new Map<string, Promise<void>>();

  const sendAt = async (home: Home, step: Step): Promise<void> => {
    const [write, ...others] = step;
    if (others.length === 0 && random.chance(write.kind === 'delete' ? shareHardDeletes : shareUnstamped)) {
      counts.unstamped += 1;
      return plainWrite(home.client, write);
    }
    if (home.skewed) counts.skewed += step.length;
    await untilStamped(() => writeThrough(home.writer, step), signal);
  };

  const contradictAt = (home: Home, write: Update): Promise<void> => {
    counts.conflicting += 1;
    if (!random.chance(shareConflictingUnstamped)) return contradict(home, write, signal);
    counts.unstamped += 1;
    return contradictPlainly(home, write);
  };

  const sendOnce = async (step: Step): Promise<void> => {
    const byHome = Map.groupBy(step, ({ id }) => homes[homeOf(id)]);
    for (const [home, [first, ...others]] of byHome) {
      if (home === undefined || first === undefined) continue;
      const other = homes.find((each) => each !== home);
      const rival = conflicts && other !== undefined && first.kind === 'update' && random.chance(shareConflicting);
      await Promise.all([sendAt(home, [first, ...others]), rival ? contradictAt(other, first) : undefined]);
    }
  };

  const send = async (step: Step): Promise<void> => {
    try {
      for (;;) {
        signal.throwIfAborted();
        const failure = await sendOnce(step).then(
          () => undefined,
          (error: unknown) => ({ error }),
        );
        if (failure === undefined) return;
        if (options.again?.(failure.error) !== true) throw failure.error;
        await delay(againAfterMs);
      }
    } catch (cause) {
      throw new Error(`The demo could not write ${step.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`, { cause });
    }
  };

  return {
    send: (steps) => sendInOrder({ steps, lastOfUser, concurrency, signal, send }),
    sent: () => ({ ...counts }),
    stop: () => {
      for (const { client } of homes) client.destroy();
    },
  };
}

function createHome({ name: region, endpoints }: RegionPlace, skewMs: number): Home {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials });
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + skewMs };
  const target = { tableName: table.name, definition: table };
  const writer = createWriter({ dynamodb: client, table: target, region, mode: 'active-active', clock });
  return { client, writer, skewed: skewMs !== 0 };
}

/** Half of the users are at home in each region. */
function homeOf(id: string): 0 | 1 {
  return Number(id.slice(-1)) % 2 === 0 ? 0 : 1;
}

async function writeThrough(writer: Writer, step: Step): Promise<void> {
  const [write, ...others] = step;
  if (others.length > 0) return writer.transact(step.map(toTransacted));
  if (write.kind === 'put') return writer.put(toPlain(write.item));
  if (write.kind === 'update') return writer.update({ id: write.id }, toPlain(write.set));
  return writer.delete({ id: write.id });
}

function toTransacted(write: Write) {
  if (write.kind === 'put') return { put: toPlain(write.item) };
  if (write.kind === 'update') return { update: { id: write.id }, changes: toPlain(write.set) };
  return { delete: { id: write.id } };
}

/** The same attributes, written in the other region at the same time; it may not have heard of the user yet. */
async function contradict(home: Home, write: Update, signal: AbortSignal): Promise<void> {
  try {
    const update = () => home.writer.update({ id: write.id }, { ...toPlain(write.set), status: 'contradicted' });
    await untilStamped(update, signal);
  } catch (error) {
    if (codeOf(error) !== 'not-found') throw error;
  }
}

/** The same past the writer. */
async function contradictPlainly(home: Home, write: Update): Promise<void> {
  try {
    await plainWrite(home.client, { ...write, set: { ...write.set, status: { S: 'contradicted' } } });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** What was written past the writer is stamped by the replicator, which a fault may hold up for a while. */
async function untilStamped(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      return await write();
    } catch (error) {
      const passing = ['unstamped', 'conflict', 'clock-ahead'].includes(codeOf(error) ?? '');
      if (!passing || performance.now() - began > stampPatienceMs) throw error;
      await delay(100);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
