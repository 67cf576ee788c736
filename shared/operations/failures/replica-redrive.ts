import type { DeadLetterStore } from '../../batch/dead-letter.ts';
import { InvariantError, type PipelineError, PoisonRecordError, toPipelineError } from '../../batch/errors.ts';
import type { Change } from '../../change/change.ts';
import { parseStreamRecord } from '../../change/from-stream.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import { keyText } from '../../change/key-text.ts';
import type { ReplicaDependencies } from '../../sinks/replica/dependencies.ts';
import type { ReplicaMode } from '../../sinks/replica/mode.ts';
import { redriveActiveActive, redriveOneWay } from '../../sinks/replica/redrive.ts';
import type { Redrive } from './redrive.ts';
import { oneByOne, orUnresolved } from './trouble.ts';
import type { FailedRecord, Verdict } from './verdict.ts';

interface ReplicaRedriveOptions {
  readonly consumer: string;
  readonly mode: ReplicaMode;
  readonly replica: ReplicaDependencies;
  readonly deadLetters: DeadLetterStore;
}

/** Failures of replication: all of one item together, as a snapshot of the item, whatever their age. */
export function replicaRedrive(options: ReplicaRedriveOptions): Redrive {
  const redrive = (failed: readonly FailedRecord[]) => redriveItems(failed, options);
  return { records: redrive, batch: redrive };
}

async function redriveItems(
  failed: readonly FailedRecord[],
  options: ReplicaRedriveOptions,
): Promise<readonly Verdict[]> {
  const { mode, replica } = options;
  if (mode === 'off') {
    const reason = 'replication is off: something else keeps the tables alike, discard it';
    return failed.map(() => ({ kind: 'unsupported', reason }));
  }
  const verdicts = new Map<FailedRecord, Verdict>();
  const items = new Map<string, Entry[]>();
  for (const each of failed) {
    const parsed = async () => ({
      failed: each,
      change: parseStreamRecord(each.record, { region: replica.home.region }),
    });
    const read = await orUnresolved(() => buryingPoison([each], options, parsed));
    if (!('change' in read)) verdicts.set(each, read);
    else items.set(keyText(read.change.keys), [...(items.get(keyText(read.change.keys)) ?? []), read]);
  }
  const groups = [...items.values()];
  const ofGroups = await oneByOne(groups, (entries) =>
    buryingPoison(
      entries.map((entry) => entry.failed),
      options,
      async () => ({ kind: await redriveItem(entries, { mode, replica }) }),
    ),
  );
  for (const [at, verdict] of ofGroups.entries()) {
    for (const { failed: each } of groups[at] ?? []) verdicts.set(each, verdict);
  }
  return failed.map((each) => verdicts.get(each) ?? { kind: 'stale' });
}

interface Entry {
  readonly failed: FailedRecord;
  readonly change: Change;
}

function redriveItem(
  entries: readonly Entry[],
  { mode, replica }: { readonly mode: 'one-way' | 'active-active'; readonly replica: ReplicaDependencies },
) {
  const [first, ...rest] = entries.map(({ change }) => change);
  if (first === undefined) throw new InvariantError('invariant', 'an item without changes cannot be redriven');
  return mode === 'one-way' ? redriveOneWay([first, ...rest], replica) : redriveActiveActive([first, ...rest], replica);
}

/** What is refused as it was before becomes a dead letter again; trouble leaves everything as it is. */
async function buryingPoison<Result>(
  failed: readonly FailedRecord[],
  { consumer, deadLetters }: ReplicaRedriveOptions,
  work: () => Promise<Result>,
): Promise<Result | Verdict> {
  try {
    return await work();
  } catch (error) {
    const pipelineError = poisonOf(error);
    if (pipelineError.disposition === 'abort') throw error;
    const { code, message } = pipelineError;
    if (pipelineError.disposition === 'retry') return { kind: 'unresolved', reason: `${message}: redrive it again` };
    for (const { position, record } of failed) {
      await deadLetters.store({ consumer, position, record, error: { code, message } });
    }
    return { kind: 'deadLettered', reason: code };
  }
}

function poisonOf(error: unknown): PipelineError {
  if (!(error instanceof InvalidRecordError)) return toPipelineError(error);
  return new PoisonRecordError('undecodable-record', error.message, { cause: error });
}
