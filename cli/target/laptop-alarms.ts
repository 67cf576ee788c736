import type { Alarms, AlarmView } from '../../shared/operations/alarms.ts';
import { OperatorError } from '../../shared/operations/target.ts';

/** The alarms of the pipeline on this machine, through its control endpoint. */
export function laptopAlarms(controlUrl: string): Alarms {
  return {
    read: async () => {
      const response = await fetch(`${controlUrl}/alarms`);
      if (response.ok) return (await response.json()) as readonly AlarmView[];
      throw new OperatorError(`The running pipeline answered ${response.status}: ${await response.text()}`);
    },
  };
}
