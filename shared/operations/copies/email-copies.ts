import { mapBounded } from '../../batch/bounded.ts';
import type { Change } from '../../change/change.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { liveImage } from '../../change/tombstone.ts';
import type { Services } from '../../runtime/services.ts';
import { type EmailState, rowOf } from '../../sinks/email-ledger/ledger-row.ts';
import { ledgerTable } from '../../sinks/email-ledger/resources.ts';
import { waive } from '../../sinks/email-ledger/waive.ts';
import type { Brought, Difference, ItemCopies, ReadItem } from './item-copies.ts';

const itemsAtOnce = 16;

/** States that wait for a person. */
const unsent: readonly EmailState[] = ['parked', 'rejected'];

interface EmailCopiesOptions {
  readonly services: Services<'dynamodb'>;
  readonly table: TableDefinition;
  /** The mail that an insert owes; undefined when it owes none. */
  readonly effects: (change: Change) => { readonly id: string } | undefined;
}

/**
 * The emails that items were owed when they appeared. Nothing is sent afterwards: who was never owed one can be waived,
 * such as everybody who was in the table before the pipeline.
 */
export function emailCopies({ services, table, effects }: EmailCopiesOptions): ItemCopies {
  const { config, dynamodb, clock } = services;
  const TableName = config.value(ledgerTable.variable);

  function owed({ keys, image }: ReadItem): string | undefined {
    const live = liveImage(image, table);
    if (live === undefined) return undefined;
    const createdAt = { microseconds: BigInt(Math.floor(clock.nowMs())) * 1000n, precision: 'microsecond' } as const;
    const position = { streamArn: 'audit', sequenceNumber: '0' };
    const insert: Change = { op: 'insert', source: 'table', keys, newImage: live, position, createdAt, region: '' };
    try {
      return effects(insert)?.id;
    } catch (error) {
      // As it is now it could not be written to: what it was owed as it appeared, nobody knows.
      if (error instanceof InvalidRecordError) return undefined;
      throw error;
    }
  }

  async function compareOne(item: ReadItem): Promise<Difference | undefined> {
    const id = owed(item);
    if (id === undefined) return undefined;
    const { Item } = await dynamodb.getItem({ TableName, Key: { id: { S: id } }, ConsistentRead: true });
    if (Item === undefined) return { kind: 'missing', detail: 'no mail was ever owed' };
    const { state } = rowOf(Item);
    return unsent.includes(state) ? { kind: 'differs', detail: state } : undefined;
  }

  async function waiveOne(item: ReadItem): Promise<Brought> {
    const id = owed(item);
    if (id === undefined) return { kind: 'filtered' };
    return { kind: (await waive({ dynamodb, tableName: TableName }, id)) ? 'applied' : 'duplicate' };
  }

  return {
    compare: (items) => mapBounded(items, itemsAtOnce, compareOne),
    bring: (items) => mapBounded(items, itemsAtOnce, waiveOne),
    byNameOnly: true,
  };
}
