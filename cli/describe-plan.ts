import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { inColumns } from './run-command.ts';

/** The changes of a dry run, one in a line. */
export function describePlan(changes: readonly PlannedChange[]): string {
  if (changes.length === 0) return 'Dry run, nothing was changed. Nothing would be.\n';
  const rows = changes.map(({ region, service, action, target, key = '', detail = '' }) => {
    return [region, service, action, target, key, detail];
  });
  return `Dry run, nothing was changed. What would be:\n${inColumns(rows)}`;
}
