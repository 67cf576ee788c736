import type { AttributeMap } from '../../change/attribute-value.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { liveImage } from '../../change/tombstone.ts';
import { toImage, toItem } from '../../services/dynamodb/image.ts';
import { contributionsOf } from '../../sinks/aggregates/contribution.ts';
import { type FoundItem, fillHoles } from '../../sinks/aggregates/fill-holes.ts';
import { type BuildState, keepCursor } from '../../sinks/aggregates/generations.ts';
import type { AggregatesBuild } from './aggregates-build.ts';

const PAGE = 500;

/**
 * Brings what is in the table into the generation that is being built, page by page from where the build is. Reads are
 * consistent: of an item that no change has met since the build began, they show what all changes before made of it.
 *
 * @throws {RetryableError} when the build went on elsewhere, or DynamoDB does not confirm: read the state, go on
 */
export async function scanTable({ phase, cursor }: BuildState, build: AggregatesBuild): Promise<void> {
  const { aggregates, source, totals, report, itemsPerS } = build;
  const { definition } = source;
  const { clock } = aggregates;
  const generation = phase.next ?? 0;
  let from = cursor === undefined ? undefined : toItem(cursor);
  let items = 0;
  let filled = 0;
  do {
    const startedAtMs = clock.nowMs();
    const { Items = [], LastEvaluatedKey } = await source.dynamodb.scan({
      TableName: source.tableName,
      ConsistentRead: true,
      Limit: PAGE,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    const found = Items.map((item): FoundItem => {
      const image = toImage(item);
      const contribution = contributionsOf(liveImage(image, definition), { table: definition, totals });
      return { keys: keysOf(image, definition), contribution };
    });
    filled += await fillHoles({ found, phase }, aggregates);
    items += Items.length;
    from = LastEvaluatedKey;
    await keepCursor({ next: generation, cursor: from === undefined ? 'end' : toImage(from) }, aggregates);
    report({ step: 'scanning', generation, items, filled });
    const restMs = itemsPerS === undefined ? 0 : (Items.length / itemsPerS) * 1000 - (clock.nowMs() - startedAtMs);
    if (restMs > 0) await clock.sleep(Math.ceil(restMs));
  } while (from !== undefined);
}

function keysOf(image: AttributeMap, { partitionKey, sortKey }: TableDefinition): AttributeMap {
  const names = sortKey === undefined ? [partitionKey.name] : [partitionKey.name, sortKey.name];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = image[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
