import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import {
  type AggregatesWorld,
  aggregatesWorld,
  type Circumstances,
  countEverything,
  type Invocation,
} from '../../testing/aggregates-world.ts';
import { type StreamRecord, streamRecords } from '../../testing/record-builder.ts';

interface Account {
  readonly id: string;
  readonly country: string | number;
  readonly balance: number;
}

/** One write after another to three accounts of one shard; a country of a wrong type is an invalid image. */
const writes = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    country: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('DE', 'FR') }, { weight: 1, arbitrary: fc.constant(7) }),
    balance: fc.integer({ min: -5, max: 5 }),
    isRemoval: fc.boolean(),
    isPoison: fc.nat({ max: 2 }).map((number) => number === 0),
  }),
  { minLength: 1, maxLength: 14 },
);

/**
 * What befalls one call. The killed ones end their invocation; what one had sent lands at some time, or never does.
 */
type Fault = 'none' | 'killedBefore' | 'killedAfter' | 'killedUnderWay' | 'replyLost' | 'conflict';
const faults = fc.infiniteStream<Fault>(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant('none') },
    fc.constantFrom('killedBefore', 'killedAfter', 'killedUnderWay', 'replyLost', 'conflict'),
  ),
);
/** What the mapping does next, as numbers, so that shrinking leads to small ones. */
const decisions = fc.infiniteStream(fc.nat({ max: 11 }));

it('every change is counted once, through crashes, late writes, splits, failures and redrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      writes,
      faults,
      decisions,
      fc.scheduler(),
      async (plan, faultStream, decisionStream, scheduler) => {
        const { records, poison, left } = historyOf(plan);
        const shard = new ShardUnderTest({
          records,
          poison,
          faults: faultStream,
          decisions: decisionStream,
          scheduler,
        });
        await scheduler.waitFor(Promise.all([shard.mapping(), shard.operator()]));
        await shard.drain();
        expect(await shard.world.totals()).toEqual(recount(left));
      },
    ),
    { numRuns: 500 },
  );
});

interface Disturbances {
  readonly records: readonly StreamRecord[];
  readonly poison: ReadonlySet<string>;
  readonly faults: fc.Stream<Fault>;
  readonly decisions: fc.Stream<number>;
  readonly scheduler: fc.Scheduler;
}

/** One shard, the mapping that reads it and a person who redrives, disturbed at every call of DynamoDB. */
class ShardUnderTest {
  readonly world: AggregatesWorld = aggregatesWorld();
  readonly #disturbances: Disturbances;
  readonly #late: (() => Promise<unknown>)[] = [];
  readonly #failureObjects: (readonly StreamRecord[])[] = [];
  #deployedFix = false;
  #isMapping = true;

  constructor(disturbances: Disturbances) {
    this.#disturbances = disturbances;
  }

  /** Reads on from its checkpoint; may split, be killed at any call, give up on a batch and start over. */
  async mapping(): Promise<void> {
    const { records } = this.#disturbances;
    let checkpoint = 0;
    let startsOver = this.#decide() % 3;
    while (checkpoint < records.length) {
      const batch = records.slice(checkpoint, checkpoint + 1 + this.#decide());
      checkpoint += await this.#resolvedOf(batch);
      if (startsOver > 0 && this.#decide() === 0) {
        startsOver -= 1;
        checkpoint = 0;
      }
    }
    this.#isMapping = false;
  }

  /** Redrives whatever there is, again and again, also what was redriven before, and deploys the fix at some time. */
  async operator(): Promise<void> {
    for (let turn = 0; turn < 12 && (this.#isMapping || turn < 4); turn += 1) {
      await this.#disturbances.scheduler.schedule(Promise.resolve(), 'the operator');
      if (this.#decide() < 3) this.#deployedFix = true;
      for (const redrive of this.#redrives()) await redrive().catch(() => undefined);
    }
  }

  /** The world calms down: late writes land, everything that failed is redriven. */
  async drain(): Promise<void> {
    for (const write of this.#late) await write().catch(() => undefined);
    this.#deployedFix = true;
    for (const records of this.#failureObjects) await this.world.redriveFailureObject(records);
    for (const record of this.#disturbances.records) {
      if (this.world.deadLetters.has(sequenceOf(record))) await this.world.redrive(record);
    }
  }

  #redrives(): (() => Promise<unknown>)[] {
    const ofBatches = this.#failureObjects.map(
      (records) => () => this.world.redriveFailureObject(records, this.#circumstances()),
    );
    // Only with code that can read them: the others would become dead letters again.
    const readable = this.#deployedFix ? this.#disturbances.records : [];
    const ofRecords = readable
      .filter((record) => this.world.deadLetters.has(sequenceOf(record)))
      .map((record) => () => this.world.redrive(record, this.#circumstances()));
    return [...ofRecords, ...ofBatches];
  }

  /** How many records of the batch need not come again: all, because they are done or the mapping gave up, or some. */
  async #resolvedOf(batch: readonly StreamRecord[]): Promise<number> {
    const answer = await this.world.invoke(batch, this.#circumstances()).catch(() => undefined);
    const unresolved = answer === undefined ? batch[0]?.dynamodb.SequenceNumber : identifierIn(answer);
    if (unresolved === undefined) return batch.length;
    if (this.#decide() < 3) {
      this.#failureObjects.push(batch);
      return batch.length;
    }
    return batch.findIndex((record) => sequenceOf(record) === unresolved);
  }

  #circumstances(): Circumstances & { effects: typeof countEverything } {
    const { scheduler, poison } = this.#disturbances;
    let isKilled = false;
    return {
      cutLength: 1 + (this.#decide() % 4),
      effects: (change) => {
        if (!this.#deployedFix && poison.has(change.position.sequenceNumber)) {
          throw new InvalidRecordError('newImage', 'not understood yet');
        }
        return countEverything(change);
      },
      intercept: async (call, proceed) => {
        await scheduler.schedule(Promise.resolve(), call.operation);
        const fault = isKilled ? 'killedBefore' : (this.#disturbances.faults.next().value ?? 'none');
        isKilled = fault.startsWith('killed');
        return this.#disturbed(fault, proceed);
      },
    };
  }

  async #disturbed<Output>(fault: Fault, proceed: () => Promise<Output>): Promise<Output> {
    if (fault === 'conflict') throw conflict();
    if (fault === 'killedUnderWay') this.#land(proceed);
    if (fault === 'killedBefore' || fault === 'killedUnderWay') throw new Error('killed');
    const answer = await proceed();
    if (fault !== 'none') throw new Error('socket hang up');
    return answer;
  }

  /** Lands while others work, or when everything else is over. */
  #land(write: () => Promise<unknown>): void {
    if (this.#decide() < 6) this.#late.push(write);
    else
      void this.#disturbances.scheduler
        .schedule(Promise.resolve(), 'late')
        .then(write, undefined)
        .catch(() => undefined);
  }

  #decide(): number {
    return this.#disturbances.decisions.next().value ?? 0;
  }
}

function historyOf(plan: readonly (Account & { isRemoval: boolean; isPoison: boolean })[]) {
  const build = streamRecords();
  const accounts = new Map<string, Account>();
  const records: StreamRecord[] = [];
  const poison = new Set<string>();
  for (const { id, country, balance, isRemoval, isPoison } of plan) {
    const before = accounts.get(id);
    const after = { id, country, balance };
    const at = { sequenceNumber: String(8 + records.length) };
    if (before && isRemoval) {
      records.push(build.remove({ ...before }, at));
      accounts.delete(id);
    } else {
      records.push(before ? build.modify({ ...before }, after, at) : build.insert(after, at));
      accounts.set(id, after);
    }
    if (isPoison) poison.add(at.sequenceNumber);
  }
  return { records, poison, left: [...accounts.values()] };
}

function recount(accounts: readonly Account[]): Record<string, string> {
  const groups: Record<string, { count: number; sum: number }> = {};
  for (const { country, balance } of accounts) {
    const isValid = typeof country === 'string';
    const name = isValid ? country : '(invalid)';
    const { count, sum } = groups[name] ?? { count: 0, sum: 0 };
    groups[name] = { count: count + 1, sum: sum + (isValid ? balance : 0) };
  }
  return Object.fromEntries(
    Object.entries(groups).map(([name, { count, sum }]) => [name, `${count} accounts, ${sum}`]),
  );
}

function identifierIn({ response }: Invocation): string | undefined {
  return response.batchItemFailures[0]?.itemIdentifier;
}

function sequenceOf(record: StreamRecord): string {
  return record.dynamodb.SequenceNumber;
}

function conflict(): Error {
  const error = Object.assign(new Error('cancelled'), { CancellationReasons: [{ Code: 'TransactionConflict' }] });
  error.name = 'TransactionCanceledException';
  return error;
}
