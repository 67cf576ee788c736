import type { Clock, Random } from '../../batch/clock.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { StreamConsumerDefinition } from '../../runtime/consumer-definition.ts';
import { type DeadLetterState, markDeadLetter } from '../../runtime/dead-letters.ts';
import type { PlannedChange } from '../dry-run/planned-change.ts';
import { failureStores, operateConsumer } from '../operated-services.ts';
import { consumerNamed, OperatorError, type Target, type TargetRegion } from '../target.ts';
import { clearNotices } from './clear-notices.ts';
import { createRedrive } from './create-redrive.ts';
import type { FailureFilter } from './failure-filter.ts';
import { type FailureObject, failedRecordsOf, listFailureObjects, markFailureObject } from './failure-objects.ts';
import { type ListedLetter, listDeadLetters } from './list-dead-letters.ts';
import type { Redrive, RedriveSources } from './redrive.ts';
import { type FailedRecord, isSettled, type Verdict } from './verdict.ts';

export interface SettleOptions {
  readonly target: Target;
  readonly filter: FailureFilter;
  /** One dead letter each, or all records of a batch that a mapping gave up on. */
  readonly scope: 'record' | 'batch';
  readonly action: 'redrive' | 'discard';
  readonly table: TableDefinition;
  readonly sources: RedriveSources;
  readonly clock: Clock;
  readonly random: Random;
  /** Given in a dry run. */
  readonly dryRun?: (change: PlannedChange) => void;
}

/** What became of one dead letter, or of one record of a failure object. */
export interface SettledFailure extends Verdict {
  readonly region: string;
  readonly consumer: string;
  /** Of the object that holds it. */
  readonly key: string;
  readonly sequenceNumber: string;
}

/**
 * Redrives or discards what passes the filter and is pending. A failure whose every record is settled is marked so;
 * everything else stays pending, with what somebody has to put right as its reason. Safe to repeat, and for two people
 * to do at once.
 *
 * Tells each as it is done, so that an error that ends it leaves an account of what was brought in.
 *
 * @throws what keeps failures from being read or marked
 */
export async function* settleFailures(options: SettleOptions): AsyncGenerator<SettledFailure, void> {
  for (const region of options.target.regions) {
    const groups =
      options.scope === 'record' ? await letterGroups(region, options) : await batchGroups(region, options);
    const redrives = new Map<string, { redrive: Redrive; definition: StreamConsumerDefinition }>();
    for (const group of groups) {
      const known = redrives.get(group.consumer) ?? (await redriveFor(group.consumer, region, options));
      redrives.set(group.consumer, known);
      yield* settleGroup(group, { region, options, redrive: known.redrive });
    }
    if (options.dryRun === undefined && groups.length > 0 && options.scope === 'record') await clearNotices(region);
  }
}

/** Failures of one consumer that are settled together. */
interface Group {
  readonly consumer: string;
  readonly members: readonly { readonly key: string; readonly failed: FailedRecord }[];
}

async function letterGroups(region: TargetRegion, { filter }: SettleOptions): Promise<readonly Group[]> {
  const letters = await listDeadLetters(region, { ...filter, state: 'pending' });
  const groups = Map.groupBy(letters, ({ letter }) => letter.consumer);
  return [...groups].map(([consumer, members]) => ({ consumer, members: members.map(memberOf) }));
}

function memberOf({ key, letter: { position, record } }: ListedLetter) {
  return { key, failed: { position, record } };
}

async function batchGroups(region: TargetRegion, { filter }: SettleOptions): Promise<readonly Group[]> {
  const failures = await listFailureObjects(region, { ...filter, state: 'pending' });
  return failures.map((failure: FailureObject) => ({
    consumer: failure.consumer,
    members: failedRecordsOf(failure).map((failed) => ({ key: failure.key, failed })),
  }));
}

async function redriveFor(consumer: string, region: TargetRegion, options: SettleOptions) {
  const definition = consumerNamed(options.target, consumer);
  if (!('strategy' in definition)) throw new OperatorError(`${consumer} takes no records: it has no failures.`);
  const operated = operateConsumer(definition, region, options);
  return { definition, redrive: await createRedrive({ definition, operated }, options.sources) };
}

async function* settleGroup(
  { consumer, members }: Group,
  { region, options, redrive }: { region: TargetRegion; options: SettleOptions; redrive: Redrive },
): AsyncGenerator<SettledFailure, void> {
  const failed = members.map((member) => member.failed);
  const verdicts = await verdictsOf(failed, { redrive, options });
  const settled = members.map(({ key, failed: { position } }, at) => ({
    region: region.name,
    consumer,
    key,
    sequenceNumber: position.sequenceNumber,
    ...(verdicts[at] ?? { kind: 'unresolved' as const, reason: 'no verdict' }),
  }));
  yield* settled;
  for (const [key, ofKey] of Map.groupBy(settled, (each) => each.key)) {
    if (ofKey.every(isSettled)) await mark(key, stateAfter(ofKey), { region, options });
  }
}

async function verdictsOf(
  failed: readonly FailedRecord[],
  { redrive, options: { action, scope } }: { redrive: Redrive; options: SettleOptions },
): Promise<readonly Verdict[]> {
  const method = scope === 'record' ? 'records' : 'batch';
  if (action === 'redrive') return redrive[method](failed);
  // Nothing but a redrive would look at these again: that they are marked is all there is to a discard.
  return redrive.discard === undefined ? failed.map(() => ({ kind: 'discarded' })) : redrive.discard[method](failed);
}

/** What had its effect already cannot be discarded any more. */
function stateAfter(settled: readonly SettledFailure[]): DeadLetterState {
  return settled.some(({ kind }) => kind === 'discarded') ? 'discarded' : 'redriven';
}

async function mark(
  key: string,
  state: DeadLetterState,
  { region, options }: { readonly region: TargetRegion; readonly options: SettleOptions },
): Promise<void> {
  const { objects } = failureStores(region, options);
  if (options.scope === 'record') await markDeadLetter(objects, key, state);
  else await markFailureObject(objects, key, { state, at: new Date(options.clock.nowMs()).toISOString() });
}
