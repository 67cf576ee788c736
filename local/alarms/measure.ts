import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { MappingView } from '../../shared/operations/mappings.ts';
import type { Consumer } from '../pipeline/consumer.ts';
import type { Region } from '../pipeline/region.ts';
import { hoursUntilDataLoss } from './laptop-alarms.ts';
import type { MetricIdentity } from './metric-store.ts';

export interface Measured extends MetricIdentity {
  readonly value: number;
}

export interface MeasureOptions {
  readonly regions: readonly Region[];
  /** As the mappings tell of themselves. */
  readonly mappings: () => readonly MappingView[];
  /** What a millisecond of waiting counts, for time passes faster in the alarms of a laptop. */
  readonly ageFactor: number;
}

const lambda = 'AWS/Lambda';
const hourMs = 3_600_000;

/** Answers a function that measures, once a period, what AWS's services would have reported in it. */
export function createMeasure({ regions, mappings, ageFactor }: MeasureOptions): () => Promise<readonly Measured[]> {
  const growth = createGrowth();

  function ofFunction(region: string, { definition, host, mapping }: Consumer): Measured[] {
    const dimensions = { FunctionName: definition.name };
    const counted = (metric: string, total: number): Measured => {
      const value = growth(`${region}/${definition.name}/${metric}`, total);
      return { region, namespace: lambda, metric, dimensions, value };
    };
    const errors = counted('Errors', host.stats().functionErrors);
    if (mapping === undefined) return [errors];
    const { state, metrics } = mapping.status();
    return [
      errors,
      counted('OnFailureDestinationDeliveredEventCount', metrics.delivered),
      counted('DroppedEventCount', metrics.dropped),
      counted('DestinationDeliveryFailures', metrics.deliveryFailures),
      // Lambda asks even when there is nothing; a mapping that is disabled asks no more.
      ...(state === 'Enabled' ? [counted('PolledEventCount', metrics.polled)] : []),
    ];
  }

  /** A mapping that is disabled tells no age, on AWS neither. */
  function ageOf({ region, consumer, state, oldestMs = 0, recordAgeMaxMs }: MappingView): Measured[] {
    if (state !== 'running') return [];
    const where = { region, dimensions: { FunctionName: consumer } };
    return [
      { ...where, namespace: lambda, metric: 'IteratorAge', value: oldestMs * ageFactor },
      { ...where, ...hoursUntilDataLoss, value: (recordAgeMaxMs - oldestMs) / hourMs },
    ];
  }

  return async () => {
    const regional = await Promise.all(
      regions.map(async (region) => {
        const { name, destination } = region;
        const leftOut = growth(`${name}/left-out`, destination.stats().droppedOversize);
        const failed = { namespace: 'AWS/DynamoDB', metric: 'FailedToReplicateRecordCount', value: leftOut };
        const services = await Promise.all([noticesOf(region), searchOf(region)].map(orNothing));
        return [
          ...region.consumers.flatMap((consumer) => ofFunction(name, consumer)),
          { region: name, dimensions: {}, ...failed },
          ...services.flat(),
        ];
      }),
    );
    return [...regional.flat(), ...mappings().flatMap(ageOf)];
  };
}

async function noticesOf({ name: region, clients, resources }: Region): Promise<Measured[]> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: resources.queueUrl, AttributeNames: [...AttributeNames] }),
  );
  // What somebody works at right now is still there for whoever is called.
  const value = Number(Attributes.ApproximateNumberOfMessages ?? 0);
  const metric = 'ApproximateNumberOfMessagesVisible';
  return [{ region, namespace: 'AWS/SQS', metric, dimensions: {}, value }];
}

async function searchOf({ name: region, clients }: Region): Promise<Measured[]> {
  const [health, settings] = await Promise.all([
    clients.opensearch.cluster.health(),
    clients.opensearch.indices.getSettings({ flat_settings: true }),
  ]);
  const isBlocked = /"index\.blocks\.(write|read_only|read_only_allow_delete)":"true"/;
  const where = { region, namespace: 'AWS/ES', dimensions: {} };
  return [
    { ...where, metric: 'ClusterStatus.red', value: health.body.status === 'red' ? 1 : 0 },
    { ...where, metric: 'ClusterIndexWritesBlocked', value: isBlocked.test(JSON.stringify(settings.body)) ? 1 : 0 },
  ];
}

/** A service that does not answer reports nothing. */
function orNothing(measuring: Promise<Measured[]>): Promise<Measured[]> {
  return measuring.catch(() => []);
}

/** How much a counter that only grows has grown since it was last asked for. */
function createGrowth(): (name: string, total: number) => number {
  const last = new Map<string, number>();
  return (name, total) => {
    const before = last.get(name) ?? 0;
    last.set(name, total);
    return Math.max(0, total - before);
  };
}
