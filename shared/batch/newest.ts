import { attempt } from './attempt.ts';
import type { Batch, BatchRecord, RecordOutcome } from './batch.ts';
import { forEachBounded } from './bounded.ts';
import { deadlineNear } from './deadline.ts';
import { InvariantError, type PoisonRecordError } from './errors.ts';
import { aroundHighest, type Candidate, groupByKey, type KeyGroup, toRequest } from './key-group.ts';
import type { NewestSink, Outcome } from './sink.ts';

const deadLettersAtOnce = 8;

/**
 * One request per item, for the highest version in the batch, not for the last position: sources may deliver out of
 * order. All changes of the item share the fate of that request:
 *
 * - resolved: its own record gets the sink's outcome, other deliveries of the same change are `duplicate`, changes of
 *   the same version share the outcome (the sink reads the item, which covers them), older ones are `stale`;
 * - unresolved: all of the item's changes are;
 * - poison: it becomes a dead letter and the next highest version is sent in its place. Batches can be cut anywhere,
 *   and a batch that ends before the poison would have applied it too; a redrive reads the item as it is then. The
 *   same goes for poison that never had a request.
 */
export async function runNewest<Request>(sink: NewestSink<Request>, batch: Batch<Request>): Promise<void> {
  await settleWithoutRequest(batch);
  let pending = groupByKey(batch);
  while (pending.length > 0) {
    const groups = pending.map((group) => highestOf(group, sink));
    const late = deadlineNear(batch.limits);
    if (late !== undefined) {
      for (const group of groups) settleAll(batch, membersOf(group), { kind: 'retry', error: late });
      return;
    }
    pending = await sendRound({ sink, batch, groups });
  }
}

async function settleWithoutRequest<Request>(batch: Batch<Request>): Promise<void> {
  const poison: { record: BatchRecord<Request>; error: PoisonRecordError }[] = [];
  for (const record of batch.records) {
    if (record.reading.kind === 'filtered') batch.settle(record, record.reading);
    if (record.reading.kind === 'poison') poison.push({ record, error: record.reading.error });
  }
  await buryAll(batch, poison);
}

async function buryAll<Request>(
  batch: Batch<Request>,
  poison: readonly { readonly record: BatchRecord<Request>; readonly error: PoisonRecordError }[],
): Promise<void> {
  await forEachBounded(poison, deadLettersAtOnce, async ({ record, error }) => {
    const late = deadlineNear(batch.limits);
    batch.settle(record, late ? { kind: 'retry', error: late } : await batch.bury(record, error));
  });
}

/** Sends one request per group. What is left of groups whose request was poison is for the next round. */
async function sendRound<Request>(round: {
  readonly sink: NewestSink<Request>;
  readonly batch: Batch<Request>;
  readonly groups: readonly KeyGroup<Request>[];
}): Promise<readonly (readonly Candidate<Request>[])[]> {
  const { sink, batch, groups } = round;
  const outcomes = await applyAll(round);
  const next: (readonly Candidate<Request>[])[] = [];
  for (const [index, group] of groups.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new InvariantError('invariant', `sink ${sink.strategy} left a request unanswered`);
    if (outcome.kind !== 'poison') {
      settleGroup(batch, group, outcome);
      continue;
    }
    const { error } = outcome;
    const poison = [group.head, ...group.repeats, ...group.rivals];
    await buryAll(
      batch,
      poison.map(({ record }) => ({ record, error })),
    );
    if (group.older.length > 0) next.push(group.older); // recovery: older-instead-of-poison
  }
  return next;
}

async function applyAll<Request>(round: {
  readonly sink: NewestSink<Request>;
  readonly batch: Batch<Request>;
  readonly groups: readonly KeyGroup<Request>[];
}): Promise<readonly Outcome[]> {
  const { sink, batch, groups } = round;
  const result = await attempt(() => sink.apply(groups.map(toRequest), batch.limits));
  switch (result.kind) {
    case 'retry':
      return groups.map(() => result); // recovery: no-item-answered
    case 'poison':
      throw new InvariantError('invariant', 'a sink of many requests must say which one is poison', {
        cause: result.error,
      });
    case 'done':
      if (result.value.length === groups.length) return result.value;
      throw new InvariantError(
        'invariant',
        `a sink answered ${result.value.length} outcomes to ${groups.length} requests`,
      );
  }
}

function settleGroup<Request>(
  batch: Batch<Request>,
  group: KeyGroup<Request>,
  outcome: Exclude<Outcome, { readonly kind: 'poison' }>,
): void {
  if (outcome.kind === 'retry') {
    // recovery: item-unresolved
    settleAll(batch, membersOf(group), outcome);
    return;
  }
  settleAll(batch, [group.head, ...group.rivals], outcome);
  settleAll(batch, group.repeats, { kind: 'duplicate' });
  settleAll(batch, group.older, { kind: 'stale' });
}

function settleAll<Request>(
  batch: Batch<Request>,
  candidates: readonly Candidate<Request>[],
  outcome: RecordOutcome,
): void {
  for (const { record } of candidates) batch.settle(record, outcome);
}

function membersOf<Request>({ head, repeats, rivals, older }: KeyGroup<Request>): readonly Candidate<Request>[] {
  return [head, ...repeats, ...rivals, ...older];
}

function highestOf<Request>(candidates: readonly Candidate<Request>[], sink: NewestSink<Request>): KeyGroup<Request> {
  const group = aroundHighest(candidates, (a, b) => sink.compare(a, b));
  if (group === undefined) throw new InvariantError('invariant', 'a group of changes is empty');
  return group;
}
