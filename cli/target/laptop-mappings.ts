import type { Mappings, MappingView } from '../../shared/operations/mappings.ts';
import { OperatorError } from '../../shared/operations/target.ts';

/** The mappings of the pipeline on this machine, through its control endpoint. */
export function laptopMappings(controlUrl: string): Mappings {
  async function call<Answer>(path: string, state?: 'running' | 'paused'): Promise<Answer> {
    const change = state && {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    };
    const response = await fetch(`${controlUrl}${path}`, change ?? {});
    if (response.ok) return (await response.json()) as Answer;
    throw new OperatorError(`The running pipeline answered ${response.status}: ${await response.text()}`);
  }
  const set = (state: 'running' | 'paused') => async (mapping: { region: string; consumer: string }) => {
    await call(`/mappings/${mapping.region}/${mapping.consumer}`, state);
  };
  return {
    read: () => call<readonly MappingView[]>('/mappings'),
    pause: set('paused'),
    resume: set('running'),
  };
}
