import type { Clock } from '../../batch/clock.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { listDeadLetters } from '../failures/list-dead-letters.ts';
import { OperatorError, type TargetRegion } from '../target.ts';
import type { ReindexOptions } from './reindex-options.ts';

/** What the caller knows: the table's effects, and how the clocks of the target go. */
type Given = Pick<ReindexOptions, 'effects' | 'fieldsOf' | 'report' | 'itemsPerS' | 'clockMarginMs'> & {
  readonly table: TableDefinition;
  readonly clock: Clock;
  /** @param consumer that writes the index, and the longest that an invocation of it takes */
  readonly settle: (consumer: { readonly name: string; readonly timeoutS: number }) => Promise<void>;
};

/** A reindex of one region of a target. @throws {OperatorError} when nothing indexes there */
export function reindexOptions(region: TargetRegion, given: Given): ReindexOptions {
  const { table, settle, ...rest } = given;
  const indexing = region.consumers.find(
    (each) => 'strategy' in each && each.uses.some(({ kind }) => kind === 'searchIndex'),
  );
  const index = indexing?.uses.find((use) => use.kind === 'searchIndex');
  const source = indexing?.uses.find((use) => use.kind === 'sourceTable');
  if (indexing === undefined || index === undefined || source === undefined) {
    throw new OperatorError(`Nothing in ${region.name} keeps a search index.`);
  }
  const config = region.configOf(indexing);
  const { search, dynamodb } = region.connectionsOf(indexing);
  const consumer = indexing.name;
  return {
    ...rest,
    region: region.name,
    ...{ search, admin: region.indexAdminOf(indexing), first: config.value(index.variable) },
    source: { dynamodb, tableName: config.value(source.variable), definition: table },
    settle: () => settle(indexing),
    refusedSince: async (sinceMs) => {
      const filter = { consumer, code: 'sink-rejected', state: 'pending', sinceMs } as const;
      return (await listDeadLetters(region, filter)).length;
    },
  };
}
