import type { BatchRecord } from './batch.ts';
import { InvariantError } from './errors.ts';
import type { Entry, RangeSink } from './sink.ts';

/** A piece of the batch from its head on, before dead letters are stored and it is committed. */
export interface DraftCut<Request> {
  readonly records: readonly BatchRecord<Request>[];
  readonly entries: readonly Entry<Request>[];
}

/** Dead letters that one cut lists. Keeps the cut's row small, however much poison a batch holds. */
const notCountedMax = 500;

/**
 * The longest head of `records` that one commit can take. What has no request is covered by the cut before it, so
 * every record with a request or with poison lies in some cut.
 */
export function takeCut<Request>(
  sink: RangeSink<Request>,
  records: readonly BatchRecord<Request>[],
  { cursor, entriesMax }: { readonly cursor: unknown; readonly entriesMax: number },
): DraftCut<Request> {
  const entries = entriesOf(records);
  const limit = Math.min(entries.length === 0 ? 0 : sink.cutLength(entries, cursor), entriesMax, entries.length);
  if (entries.length > 0 && limit < 1) throw new InvariantError('invariant', 'a sink takes no entry at all in a cut');
  return takeHead(records, limit);
}

function takeHead<Request>(records: readonly BatchRecord<Request>[], entriesMax: number): DraftCut<Request> {
  let entries = 0;
  let poison = 0;
  const end = records.findIndex(({ reading }) => {
    if (reading.kind === 'entry') entries += 1;
    if (reading.kind === 'poison') poison += 1;
    return entries > entriesMax || poison > notCountedMax;
  });
  const head = end < 0 ? records : records.slice(0, end);
  return { records: head, entries: entriesOf(head) };
}

export function entriesOf<Request>(records: readonly BatchRecord<Request>[]): readonly Entry<Request>[] {
  return records.flatMap(({ reading }) =>
    reading.kind === 'entry' ? [{ change: reading.change, request: reading.request }] : [],
  );
}
