import type { Change } from '../change/change.ts';
import { keyText } from '../change/key-text.ts';
import { changeIdentity } from '../change/version.ts';
import type { Batch, BatchRecord } from './batch.ts';
import type { NewestRequest, NewestSink } from './sink.ts';

/** A record whose change the consumer has a request for. */
export interface Candidate<Request> {
  readonly record: BatchRecord<Request>;
  readonly change: Change;
  readonly request: Request;
}

/** The changes of one item that are not resolved yet, around the one that stands for them. */
export interface KeyGroup<Request> {
  /** The first record of the highest version: its request is the one that is sent. */
  readonly head: Candidate<Request>;
  /** Other deliveries of the head's change. */
  readonly repeats: readonly Candidate<Request>[];
  /** Other changes of the same version: only a read of the item tells which is newest. */
  readonly rivals: readonly Candidate<Request>[];
  /** Changes of lower versions, superseded by the head. */
  readonly older: readonly Candidate<Request>[];
}

/** By item, in the order in which the items first appear. */
export function groupByKey<Request>(batch: Batch<Request>): readonly (readonly Candidate<Request>[])[] {
  const groups = new Map<string, Candidate<Request>[]>();
  for (const record of batch.records) {
    if (record.reading.kind !== 'entry') continue;
    const { change, request } = record.reading;
    const key = keyText(change.keys);
    const group = groups.get(key);
    if (group) group.push({ record, change, request });
    else groups.set(key, [{ record, change, request }]);
  }
  return [...groups.values()];
}

/** `undefined` when nothing is left of the group. */
export function aroundHighest<Request>(
  candidates: readonly Candidate<Request>[],
  compare: NewestSink<Request>['compare'],
): KeyGroup<Request> | undefined {
  const [first, ...others] = candidates;
  if (first === undefined) return undefined;
  const head = others.reduce((best, next) => (compare(next.change, best.change) > 0 ? next : best), first);
  const identity = changeIdentity(head.change);
  const repeats: Candidate<Request>[] = [];
  const rivals: Candidate<Request>[] = [];
  const older: Candidate<Request>[] = [];
  for (const candidate of candidates) {
    if (candidate === head) continue;
    if (compare(candidate.change, head.change) !== 0) older.push(candidate);
    else if (changeIdentity(candidate.change) === identity) repeats.push(candidate);
    else rivals.push(candidate);
  }
  return { head, repeats, rivals, older };
}

export function toRequest<Request>(group: KeyGroup<Request>): NewestRequest<Request> {
  const { head, repeats, rivals, older } = group;
  const companions = [...repeats, ...rivals, ...older].sort((a, b) => a.record.index - b.record.index);
  return {
    change: head.change,
    request: head.request,
    tied: rivals.length > 0,
    companions: companions.map(({ change, request }) => ({ change, request })),
  };
}
