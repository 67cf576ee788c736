import { FatalConfigError } from '../../batch/errors.ts';

/**
 * `one-way`: the other table is a copy that nobody else writes. `active-active`: both are written, stamped, and
 * converge. `off`: something else keeps the tables alike, such as a global table, or nothing has to.
 */
export type ReplicaMode = 'one-way' | 'active-active' | 'off';

export function replicaModeOf(text: string): ReplicaMode {
  if (text === 'one-way' || text === 'active-active' || text === 'off') return text;
  throw new FatalConfigError('configuration', 'The mode of replication is one-way, active-active or off.');
}
