import type { Change } from '../../shared/change/change.ts';
import { entityOf } from '../../shared/change/entity.ts';
import { keyText } from '../../shared/change/key-text.ts';
import type { TableDefinition } from '../../shared/change/table-definition.ts';
import type { Usage } from '../../shared/sinks/usage-windows/window-state.ts';

/** Every change counts, whatever it is of; a user whose item was written was active. Snapshots are no changes. */
export function usageEffects(table: TableDefinition) {
  return ({ op, keys, newImage }: Change): Usage | undefined => {
    if (op === 'snapshot') return undefined;
    const isActive = newImage !== undefined && entityOf(table, newImage)?.name === 'user';
    return isActive ? { op, active: keyText(keys) } : { op };
  };
}
