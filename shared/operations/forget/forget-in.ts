import type { Clock } from '../../batch/clock.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { PlannedChange } from '../dry-run/planned-change.ts';
import type { TargetRegion } from '../target.ts';

/** Told of each change before it is made; answers whether it is to be made. */
type Change = (change: Omit<PlannedChange, 'region'>) => boolean;

/** One region, and the item that is forgotten there. */
export interface ForgetIn {
  readonly keys: AttributeMap;
  readonly table: TableDefinition;
  readonly clock: Clock;
  readonly region: TargetRegion;
  readonly change: Change;
  readonly progress: (step: string, done: number) => void;
}
