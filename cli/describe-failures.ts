import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import type { ListedFailure } from '../shared/operations/failures/failure-objects.ts';
import type { RequeuedFailure } from '../shared/operations/failures/requeue-failures.ts';
import type { SettledFailure } from '../shared/operations/failures/settle-failures.ts';
import type { VerdictKind } from '../shared/operations/failures/verdict.ts';
import type { StoredDeadLetter } from '../shared/runtime/dead-letters.ts';
import { inColumns } from './run-command.ts';

type Listed = (Omit<StoredDeadLetter, 'record'> & { readonly region: string; readonly key: string }) | Listing;
type Listing = Omit<ListedFailure, 'batch'>;

export function describeFailures(failures: readonly Listed[]): string {
  if (failures.length === 0) return 'None.\n';
  const rows = failures.map((failure) =>
    'error' in failure
      ? [failure.region, failure.consumer, failure.lastSeenAt, failure.state, failure.error.code, failure.key]
      : [
          ...[failure.region, failure.consumer, failure.at, failure.state],
          `${failure.condition}, ${failure.records} records`,
          failure.key,
        ],
  );
  return inColumns([['REGION', 'CONSUMER', 'LAST SEEN', 'STATE', 'WHY', 'KEY'], ...rows]);
}

const words: Readonly<Record<VerdictKind, string>> = {
  applied: 'brought in',
  duplicate: 'had their effect already',
  stale: 'are older than what the destination holds',
  filtered: 'are none of the consumer’s business',
  discarded: 'discarded',
  waits: 'skipped',
  tooOld: 'skipped',
  unsupported: 'skipped',
  deadLettered: 'refused again',
  unresolved: 'not taken',
};

interface Settled {
  readonly action: 'redrive' | 'discard';
  readonly dryRun: boolean;
  readonly settled: readonly SettledFailure[];
  readonly changes?: readonly PlannedChange[];
}

export function describeSettled({ dryRun, settled, changes }: Settled): string {
  if (settled.length === 0) return 'Nothing is pending there.\n';
  const groups = Map.groupBy(settled, ({ region, consumer, kind, reason }) =>
    [region, consumer, kind, reason ?? ''].join('\n'),
  );
  const lines = [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { region, consumer, kind, reason } = first;
    const why = reason === undefined ? '' : `: ${reason}`;
    return [`${region} ${consumer}: ${others.length + 1} ${words[kind]}${why}`];
  });
  return `${[...(dryRun ? [notChanged] : []), ...lines].join('\n')}\n${describeChanges(changes)}`;
}

const notChanged = 'Dry run, nothing was changed. What would come of it:';

export function describeRequeued(result: {
  readonly dryRun: boolean;
  readonly requeued: readonly RequeuedFailure[];
  readonly changes?: readonly PlannedChange[];
}): string {
  const { dryRun, requeued, changes } = result;
  const lines = [`${requeued.length} pending again`, ...requeued.map(({ region, key }) => `  ${region}  ${key}`)];
  return `${[...(dryRun ? [notChanged] : []), ...lines].join('\n')}\n${describeChanges(changes)}`;
}

function describeChanges(changes: readonly PlannedChange[] | undefined): string {
  if (changes === undefined) return '';
  if (changes.length === 0) return 'No changes.\n';
  const rows = changes.map(({ region, service, action, target, key = '', detail = '' }) => [
    ...[region, service, action, target, key, detail],
  ]);
  return `\n${inColumns([['REGION', 'SERVICE', 'CHANGE', 'WHERE', 'KEY', 'WHAT'], ...rows])}`;
}
