import type { Change } from '../../change/change.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { liveImage } from '../../change/tombstone.ts';
import { contributionsOf } from './contribution.ts';
import { coalesce, type Deltas, negated } from './deltas.ts';
import type { TotalDefinition } from './total-definition.ts';
import { validateTotals } from './validate-totals.ts';

/**
 * Turns a change into what it adds to the totals: the new image's contribution less the old image's. Undefined when it
 * adds nothing.
 *
 * The function throws InvalidRecordError for whatever does not come from the table's stream: only there a position in
 * a shard tells a change from its repetition, and only a change (not a snapshot) has both images.
 *
 * @throws {FatalConfigError} when the totals contradict the table
 */
export function aggregateEffects(definition: {
  readonly table: TableDefinition;
  readonly totals: readonly TotalDefinition[];
}): (change: Change) => Deltas | undefined {
  validateTotals(definition);
  return (change) => {
    if (change.source !== 'stream' || change.op === 'snapshot') {
      const problem = 'aggregates count the changes of a DynamoDB stream only; to include other items, build them';
      throw new InvalidRecordError('source', problem);
    }
    const hadItem = change.op !== 'insert';
    const hasItem = change.op === 'insert' || change.op === 'modify';
    if (hadItem && !change.oldImage) throw missing('oldImage');
    if (hasItem && !change.newImage) throw missing('newImage');
    const before = contributionsOf(hadItem ? change.oldImage : undefined, definition);
    const after = contributionsOf(hasItem ? change.newImage : undefined, definition);
    const deltas = coalesce([...before.map(negated), ...after]);
    return deltas.length === 0 ? undefined : deltas;
  };
}

/** What the item of a change adds after it; a tombstone adds nothing. */
export function contributionAfter(definition: {
  readonly table: TableDefinition;
  readonly totals: readonly TotalDefinition[];
}): (change: Change) => Deltas {
  return ({ newImage }) => contributionsOf(liveImage(newImage, definition.table), definition);
}

function missing(field: string): InvalidRecordError {
  return new InvalidRecordError(field, "absent: the table's stream must have the view NEW_AND_OLD_IMAGES");
}
