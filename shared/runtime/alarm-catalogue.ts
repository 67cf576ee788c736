import type { AlarmDefinition } from './alarms/alarm-definition.ts';
import { emailAlarms } from './alarms/email-alarms.ts';
import { functionAlarms } from './alarms/function-alarms.ts';
import { mappingAlarms } from './alarms/mapping-alarms.ts';
import { replicationAlarms } from './alarms/replication-alarms.ts';
import { searchAlarms } from './alarms/search-alarms.ts';
import { sourceAlarms } from './alarms/source-alarms.ts';

const aggregatesAlarms = {
  'aggregates-late': {
    per: 'emitter',
    watches: { kind: 'own', metric: 'FreshnessAggregatesMs', statistic: 'Maximum' },
    fires: 'above',
    threshold: 30_000,
    periodS: 60,
    points: 5,
    whenMissing: 'trouble',
    severity: 'page',
    userVisible: true,
    meaning: 'A write takes more than half a minute to be counted, or nobody measures it.',
    action: 'Look at the aggregates’ iterator age and errors, then at conflicts and throttles of their tables.',
  },
} as const satisfies Record<string, AlarmDefinition>;

/**
 * Every alarm there is, as data: with the metrics in `metrics.ts` the one catalogue that alarms, dashboards, their
 * descriptions and the runbook's index are made from. Each has a section of its name in `docs/operate.md`.
 */
export const alarmCatalogue = {
  ...mappingAlarms,
  ...functionAlarms,
  ...aggregatesAlarms,
  ...searchAlarms,
  ...emailAlarms,
  ...replicationAlarms,
  ...sourceAlarms,
} as const satisfies Record<string, AlarmDefinition>;

export type AlarmName = keyof typeof alarmCatalogue;

/** Every alarm with its name, in the catalogue's order. */
export const alarms: readonly (readonly [AlarmName, AlarmDefinition])[] = Object.entries(alarmCatalogue) as [
  AlarmName,
  AlarmDefinition,
][];

/** The one alarm of a region that says whether users notice anything: on while any that is `userVisible` is. */
export const usersAffected = {
  name: 'users-affected',
  meaning: 'Users notice that something is late, missing or wrong; the alarms that are on with it say what.',
  action: 'Open the overview dashboard, take the first alarm that is on, and follow its section.',
} as const;
