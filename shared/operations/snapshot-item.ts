import type { AttributeMap } from '../change/attribute-value.ts';
import { chosenNames, regionsOf, type WalkOptions } from './backfill/backfill.ts';
import { sourceTableOf } from './backfill/walk.ts';
import type { Brought, Difference } from './copies/item-copies.ts';
import { operateConsumer } from './operated-services.ts';
import { readItem } from './table-pages.ts';

export type SnapshotItemOptions = Pick<
  WalkOptions,
  'target' | 'region' | 'table' | 'sources' | 'clock' | 'random' | 'dryRun'
> & { readonly keys: AttributeMap; readonly consumer: string };

export interface SnapshotResult extends Brought {
  readonly region: string;
  readonly consumer: string;
  /** What was wrong before; absent: nothing. */
  readonly difference?: Difference;
}

/**
 * Takes one item, as it is now, through the consumers that keep something of it. Never over what is newer: a change of
 * the last minute brings itself.
 *
 * @throws {PipelineError} when a destination does not take it; safe to repeat
 */
export async function snapshotItem(options: SnapshotItemOptions): Promise<readonly SnapshotResult[]> {
  const { keys, consumer, table, sources, clock } = options;
  const results: SnapshotResult[] = [];
  const names = chosenNames(consumer, Object.keys(sources.copies));
  for (const region of regionsOf(options)) {
    const source = sourceTableOf(region, table);
    for (const definition of region.consumers.filter(({ name }) => names.includes(name))) {
      const copies = sources.copies[definition.name]?.(operateConsumer(definition, region, options));
      // What is a decision about people is never a by-product of one about copies.
      if (copies?.bring === undefined || copies.byNameOnly) continue;
      const readAtMs = clock.nowMs();
      const item = await readItem(source, keys);
      const [difference] = await copies.compare([item]);
      const [brought] = await copies.bring([item], readAtMs);
      results.push({
        ...{ region: region.name, consumer: definition.name },
        ...(brought ?? { kind: 'filtered' }),
        ...(difference === undefined ? {} : { difference }),
      });
    }
  }
  return results;
}
