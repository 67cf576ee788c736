import type { Clock } from '../../batch/clock.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { stampOf } from '../../change/stamp.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { isTombstone } from '../../change/tombstone.ts';
import { toImage, toItem } from '../../services/dynamodb/image.ts';
import { contributionsOf } from '../../sinks/aggregates/contribution.ts';
import { countersTable } from '../../sinks/aggregates/resources.ts';
import type { TotalDefinition } from '../../sinks/aggregates/total-definition.ts';
import { userOfKind, userOfTable } from '../resource-users.ts';
import type { Target, TargetRegion } from '../target.ts';
import { archivedChanges } from './archived-changes.ts';
import type { Explanation, RegionExplanation } from './explanation.ts';
import { failuresOf } from './failures-of.ts';
import { findingsOf } from './findings.ts';
import { documentOf, emailOf, lostVersionsOf } from './sink-states.ts';

export interface ExplainOptions {
  readonly target: Target;
  readonly keys: AttributeMap;
  readonly table: TableDefinition;
  readonly totals: readonly TotalDefinition[];
  readonly clock: Clock;
  /** How far back the archive is read. */
  readonly archiveMs: number;
  /** How an image is shown: masked, or as it is. */
  readonly shown: (image: AttributeMap) => AttributeMap;
}

/** Reads all that is known of an item; changes nothing. */
export async function explain(options: ExplainOptions): Promise<Explanation> {
  const regions = await Promise.all(options.target.regions.map((region) => explainIn(region, options)));
  return { regions, findings: findingsOf(regions) };
}

async function explainIn(region: TargetRegion, options: ExplainOptions): Promise<RegionExplanation> {
  const { keys, table, totals, shown } = options;
  const image = await readItem(region, options);
  const isDeleted = isTombstone(image, table);
  const live = isDeleted ? undefined : image;
  const stamp = stampOf(image, table.versionAttribute);
  const counts = userOfTable(region, countersTable) !== undefined;
  const [document, email, lost, failures, changes] = await Promise.all([
    documentOf(region, { keys, table }),
    emailOf(region, { keys, table }),
    lostVersionsOf(region, keys),
    failuresOf(region, keys),
    archivedChanges(region, options),
  ]);
  return {
    region: region.name,
    item: {
      state: image === undefined ? 'gone' : isDeleted ? 'deleted' : 'live',
      ...(image === undefined ? {} : { image: shown(image) }),
      ...(stamp === undefined ? {} : { stamp }),
    },
    ...(document === undefined ? {} : { document }),
    ...(email === undefined ? {} : { email }),
    countsIn: (counts ? contributionsOf(live, { table, totals }) : []).map(({ total, group, sum }) => ({
      total,
      group: group.kind === 'value' ? group.value : '(invalid)',
      ...(sum === undefined ? {} : { sum }),
    })),
    lost,
    failures,
    changes,
  };
}

/** Through the first consumer that is told where the table is. */
async function readItem(region: TargetRegion, { keys }: ExplainOptions): Promise<AttributeMap | undefined> {
  const source = userOfKind(region, 'sourceTable');
  if (source === undefined) return undefined;
  const TableName = source.config.value(source.use.variable);
  const { Item } = await source.connections.dynamodb.getItem({ TableName, Key: toItem(keys), ConsistentRead: true });
  return Item === undefined ? undefined : toImage(Item);
}
