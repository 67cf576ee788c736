import type { MappingEvent } from '../event.ts';
import { simulateMapping } from '../simulation/simulate-mapping.ts';
import type { SimulatedShard, StreamedData } from '../simulation/simulated-shard.ts';
import type { SimulationOptions } from '../simulation/simulation-options.ts';
import type { Transcript } from '../simulation/transcript.ts';
import { KINESIS_ARN, START_MS } from './scenario.ts';

/** The least that a mapping of a Kinesis stream needs. */
export const mapping = {
  EventSourceArn: KINESIS_ARN,
  FunctionName: 'orders',
  StartingPosition: 'TRIM_HORIZON',
} as const;

/** The numbers from `first` to `last`, under one of three partition keys each. */
export function data(first: number, last: number, arrivalMs = START_MS): StreamedData[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return { partitionKey: `key-${index % 3}`, data: String(first + index), arrivalMs };
  });
}

export function texts({ Records }: MappingEvent): string {
  return Records.map((record) => ('kinesis' in record ? atob(record.kinesis.data) : '')).join(' ');
}

export function simulate(
  options: Partial<SimulationOptions> & { shards: readonly SimulatedShard[] },
): Promise<Transcript> {
  return simulateMapping({ mapping, handler: () => null, ...options });
}
