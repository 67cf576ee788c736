import type { Mappings, MappingView } from '../../shared/operations/mappings.ts';
import type { Rewinds } from '../../shared/operations/rewind.ts';
import { OperatorError } from '../../shared/operations/target.ts';

/** The mappings of the pipeline on this machine, through its control endpoint. */
export function laptopMappings(controlUrl: string): Mappings & Rewinds {
  async function call<Answer>(path: string, put?: object): Promise<Answer> {
    const change = put && {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(put),
    };
    const response = await fetch(`${controlUrl}${path}`, change ?? {});
    if (response.ok) return (await response.json()) as Answer;
    throw new OperatorError(`The running pipeline answered ${response.status}: ${await response.text()}`);
  }
  const set = (state: 'running' | 'paused') => async (mapping: { region: string; consumer: string }) => {
    await call(`/mappings/${mapping.region}/${mapping.consumer}`, { state });
  };
  return {
    read: () => call<readonly MappingView[]>('/mappings'),
    pause: set('paused'),
    resume: set('running'),
    rewind: async ({ region, consumer }, to) => {
      await call(`/mappings/${region}/${consumer}/position`, { to });
    },
  };
}
