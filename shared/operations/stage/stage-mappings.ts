import type { Clock } from '../../batch/clock.ts';
import type { MappingIdentity, MappingState, Mappings, MappingView } from '../mappings.ts';
import { OperatorError } from '../target.ts';
import type { DeployedMapping, MappingService, MetricReader } from './ports.ts';

export interface StageMappingsRegion {
  readonly region: string;
  readonly mappings: MappingService;
  readonly metrics: MetricReader;
  readonly consumers: readonly MappedFunction[];
}

export interface MappedFunction {
  readonly consumer: string;
  readonly functionName: string;
  /** How long a record waits before the mapping puts it aside. */
  readonly recordAgeMaxMs: number;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
const states: Readonly<Record<string, MappingState>> = {
  Creating: 'running',
  Enabling: 'running',
  Enabled: 'running',
  Updating: 'running',
  Disabling: 'pausing',
  Disabled: 'paused',
};

/** Batches in flight end first, and Lambda takes a minute or so to let a mapping rest. */
const switchLimitMs = 300_000;
const pollMs = 3_000;

/** The mappings of a deployed stage. */
export function stageMappings(regions: readonly StageMappingsRegion[], clock: Clock): Mappings {
  async function found({ region, consumer }: MappingIdentity) {
    const at = regions.find((each) => each.region === region);
    const mapped = at?.consumers.find((each) => each.consumer === consumer);
    const [mapping] = at === undefined || mapped === undefined ? [] : await at.mappings.list(mapped.functionName);
    if (at !== undefined && mapping !== undefined) return { service: at.mappings, mapping };
    throw new OperatorError(`${consumer} has no mapping in ${region}: is the stage deployed there?`);
  }

  async function set(identity: MappingIdentity, to: 'Enabled' | 'Disabled'): Promise<void> {
    const { service, mapping } = await found(identity);
    if (mapping.state === to) return;
    await service.setEnabled(mapping.uuid, to === 'Enabled');
    const beganMs = clock.nowMs();
    while ((await service.state(mapping.uuid)) !== to) {
      if (clock.nowMs() - beganMs > switchLimitMs) {
        const { consumer, region } = identity;
        throw new OperatorError(
          `Lambda has not said ${to} of ${consumer} in ${region} for five minutes: ask \`status\` later.`,
        );
      }
      await clock.sleep(pollMs);
    }
  }

  return {
    read: async () => (await Promise.all(regions.map(viewsOf))).flat(),
    pause: (mapping) => set(mapping, 'Disabled'),
    resume: (mapping) => set(mapping, 'Enabled'),
  };
}

async function viewsOf({ region, mappings, metrics, consumers }: StageMappingsRegion): Promise<MappingView[]> {
  const views = await Promise.all(
    consumers.map(async (mapped) => {
      const [mapping] = await mappings.list(mapped.functionName);
      return { region, consumer: mapped.consumer, ...(await progressOf(mapping, mapped, metrics)) };
    }),
  );
  return views;
}

async function progressOf(
  mapping: DeployedMapping | undefined,
  { functionName, recordAgeMaxMs }: MappedFunction,
  metrics: MetricReader,
): Promise<Omit<MappingView, 'region' | 'consumer'>> {
  if (mapping === undefined) return { state: 'stopped', recordAgeMaxMs };
  const state = states[mapping.state] ?? 'stopped';
  const lambda = 'AWS/Lambda';
  const [oldestMs, perMinute] = await Promise.all([
    metrics.newest({
      ...{ namespace: lambda, metric: 'IteratorAge', statistic: 'Maximum' },
      dimensions: { FunctionName: functionName },
    }),
    metrics.newest({
      ...{ namespace: lambda, metric: 'InvokedEventCount', statistic: 'Sum' },
      dimensions: { EventSourceMappingUUID: mapping.uuid },
    }),
  ]);
  return {
    state,
    recordAgeMaxMs,
    // A mapping that rests tells no age, and what it told last only grows old.
    ...(state !== 'running' || oldestMs === undefined ? {} : { oldestMs }),
    ...(perMinute === undefined ? {} : { ratePerS: perMinute / 60 }),
  };
}
