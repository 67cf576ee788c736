import { expect } from 'vitest';
import type { SimulatedInvocation, Transcript } from '../simulation/transcript.ts';
import { type Case, numbersOf, orderOf } from './random-simulation.ts';

/** How each record ended: the first time, in the order in which they did. */
export function endsOf(transcript: Transcript): Map<number, string> {
  const ends = new Map<number, string>();
  const numbers = new Map<string, number>();
  const end = (sequenceNumber: string, how: string) => {
    const number = numbers.get(sequenceNumber) ?? numberOf(sequenceNumber);
    if (!ends.has(number)) ends.set(number, how);
  };
  const sent = new Map<string, readonly string[]>();
  for (const one of transcript.activities) {
    if (one.kind === 'invocation') {
      const records = one.event.Records.map((record) => ('kinesis' in record ? record.kinesis : undefined));
      for (const record of records) if (record) numbers.set(record.sequenceNumber, Number(atob(record.data)));
      sent.set(
        one.requestId,
        records.flatMap((record) => (record ? [record.sequenceNumber] : [])),
      );
    } else if (one.kind === 'invocationEnded') {
      const batch = sent.get(one.requestId) ?? [];
      const { verdict } = one;
      const done =
        verdict.kind === 'success' ? batch.length : verdict.kind === 'partial' ? verdict.firstFailedIndex : 0;
      for (const sequenceNumber of batch.slice(0, done)) end(sequenceNumber, 'processed');
    } else if (one.kind === 'filtered' || one.kind === 'discarded' || one.kind === 'expired') {
      for (const sequenceNumber of one.sequenceNumbers) end(sequenceNumber, one.kind);
    }
  }
  return ends;
}

/** A simulated sequence number ends in the record's place in its shard, and begins with the shard's. */
function numberOf(sequenceNumber: string): number {
  const value = BigInt(sequenceNumber);
  const base = 10n ** 20n;
  return Number((value / base - 1n) * 100n + (value % base));
}

function allNumbers({ shards }: Case): number[] {
  return shards.flatMap(({ records }) => [...records].map((record) => ('data' in record ? Number(record.data) : 0)));
}

export function expectEveryRecordEnded(drawn: Case, transcript: Transcript): void {
  expect(transcript.ended).toBe('settled');
  expect([...endsOf(transcript).keys()].toSorted((a, b) => a - b)).toEqual(allNumbers(drawn));
}

/** Lanes go on in order: whatever came before a batch in its lane has ended, or is in the batch, before it is sent. */
export function expectOrder(drawn: Case, { invocations }: Transcript): void {
  const newest = new Map<string, number>();
  for (const { event } of invocations) {
    numbersOf(event).forEach((number, index) => {
      const lane = orderOf(event, index, drawn);
      const before = newest.get(lane) ?? 0;
      if (number > before) newest.set(lane, number);
    });
    const lanes = event.Records.map((_, index) => orderOf(event, index, drawn));
    expect(new Set(lanes).size).toBeLessThanOrEqual(1);
    expect(numbersOf(event)).toEqual(numbersOf(event).toSorted((a, b) => a - b));
  }
  for (const [lane, batches] of Map.groupBy(invocations, ({ event }) => orderOf(event, 0, drawn))) {
    if (lane !== '') expectOneAtATime(batches);
  }
}

/** A batch begins after the one before it in its lane has ended, and never behind one that is not through. */
function expectOneAtATime(batches: readonly SimulatedInvocation[]): void {
  let through = 0;
  let endedMs = 0;
  for (const { event, startedMs, verdict, endedMs: nextMs = startedMs } of batches) {
    expect(startedMs).toBeGreaterThanOrEqual(endedMs);
    endedMs = nextMs;
    const numbers = numbersOf(event);
    expect(numbers[0]).toBeGreaterThan(through);
    if (verdict?.kind === 'success') through = numbers.at(-1) ?? through;
    if (verdict?.kind === 'partial' && verdict.firstFailedIndex > 0)
      through = numbers[verdict.firstFailedIndex - 1] ?? 0;
  }
}

export function expectParentsFirst({ shards }: Case, { activities }: Transcript): void {
  const at = (kind: string, shardId: string) =>
    activities.findIndex((one) => one.kind === kind && one.shardId === shardId);
  for (const { shardId, parentShardIds = [] } of shards) {
    for (const parent of parentShardIds) {
      expect(at('shardFinished', parent)).toBeGreaterThanOrEqual(0);
      expect(at('shardStarted', shardId)).toBeGreaterThan(at('shardFinished', parent));
    }
  }
}

export function expectBatchesWithinSettings({ mapping }: Case, { invocations }: Transcript): void {
  const attempts = new Map<string, number>();
  const windowMs = mapping.TumblingWindowInSeconds * 1000;
  for (const { event, outcome } of invocations) {
    if (event.Records.length === 0) continue;
    expect(event.Records.length).toBeLessThanOrEqual(mapping.BatchSize);
    const windows = event.Records.map((record) => {
      const arrivalS = 'kinesis' in record ? record.kinesis.approximateArrivalTimestamp : 0;
      return windowMs === 0 ? 0 : Math.floor((arrivalS * 1000) / windowMs);
    });
    expect(new Set(windows).size).toBe(1);
    const batch = numbersOf(event).join();
    if (outcome?.kind !== 'notDelivered') attempts.set(batch, (attempts.get(batch) ?? 0) + 1);
  }
  for (const count of attempts.values()) expect(count).toBeLessThanOrEqual(mapping.MaximumRetryAttempts + 1);
}

export function expectBalance({ metrics }: Transcript): void {
  const { polled, filteredOut, processed, dropped, delivered, expired } = metrics;
  expect(filteredOut + processed + dropped + delivered + expired).toBe(polled);
}

/** Positions only move forward, and stop at the end of their shards. */
export function expectPositions({ activities, positions }: Transcript): void {
  const last = new Map<string, bigint>();
  for (const one of activities) {
    if (one.kind !== 'checkpoint' || one.position.kind !== 'after' || one.shardId === undefined) continue;
    const reached = BigInt(one.position.sequenceNumber);
    expect(reached).toBeGreaterThanOrEqual(last.get(one.shardId) ?? 0n);
    last.set(one.shardId, reached);
  }
  for (const position of Object.values(positions)) expect(position).not.toHaveProperty('window');
}
