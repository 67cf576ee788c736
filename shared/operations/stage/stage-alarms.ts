import type { AlarmState, Alarms } from '../alarms.ts';
import type { AlarmService } from './ports.ts';

const states: Readonly<Record<string, AlarmState>> = { OK: 'ok', ALARM: 'on', INSUFFICIENT_DATA: 'unknown' };

/** The alarms of a deployed stage; every name begins with `prefix`, every description ends with a link to a section. */
export function stageAlarms(
  regions: readonly { readonly region: string; readonly alarms: AlarmService }[],
  prefix: string,
): Alarms {
  return {
    read: async () => {
      const perRegion = regions.map(async ({ region, alarms }) =>
        (await alarms.list(prefix)).map(({ name, state, since, description }) => {
          const [meaning = '', section = ''] = description.split(/ \S+#(?=[a-z-]+$)/);
          return {
            ...{ region, name: name.slice(prefix.length), section, meaning },
            state: states[state] ?? 'unknown',
            ...(since === undefined ? {} : { since }),
          };
        }),
      );
      return (await Promise.all(perRegion)).flat();
    },
  };
}
