import { deadLetterStore } from '../../shared/runtime/dead-letters.ts';
import type { MetricName } from '../../shared/runtime/metrics.ts';
import { catalogued } from '../../shared/runtime/metrics.ts';
import type { Connections, Services } from '../../shared/runtime/services.ts';
import { interceptDynamoDb } from '../../shared/services/dynamodb/intercept.ts';
import type { DynamoDb } from '../../shared/services/dynamodb/port.ts';
import type { BulkOperation, BulkResult, SearchService } from '../../shared/services/opensearch/port.ts';
import type { ObjectStore } from '../../shared/services/s3/port.ts';
import type { EmailService } from '../../shared/services/ses/port.ts';
import type { ServiceName } from '../faults/service-errors.ts';
import { faultsOf, type Place } from '../world/place.ts';
import type { RegionServices } from '../world/region.ts';
import { configOf } from './config.ts';
import type { Environment } from './environment.ts';
import { refusedItem } from './refused-item.ts';
import { notingSkew } from './skewed-meetings.ts';

export interface ServicesOptions {
  readonly place: Place;
  readonly environment: Environment;
  readonly here: RegionServices;
  readonly there: RegionServices;
  readonly onMetric: (name: MetricName, value: number) => void;
  readonly codeVersion: string;
}

/** Everything that a function can be given, each call of it crossing the environment. */
export function simulatedServices(options: ServicesOptions): Services<keyof Connections> {
  const { place, environment, here, there, onMetric, codeVersion } = options;
  const { world, region, consumer, random } = place;
  const clock = {
    nowMs: () => world.clock.nowMs() + here.skewMs,
    sleep: (durationMs: number) => environment.sleep(durationMs),
  };
  const queue = around({ send: here.notices.send }, { environment, service: 'notices', writes: ['send'] });
  return {
    config: configOf(consumer, {
      region,
      otherRegion: there.name,
      isCopy: !here.isFirst,
      profile: world.profile,
    }),
    deadLetters: deadLetterStore({
      objects: objectsBehind(environment, here.deadLetters, 'deadLetters'),
      notices: queue,
      clock,
      codeVersion,
    }),
    clock,
    random: () => random.next(),
    log: silent,
    metrics: catalogued({ add: onMetric, flush: () => undefined }),
    dynamodb: dynamoDbBehind(options, here.twin, 'dynamodb'),
    remoteDynamodb: dynamoDbBehind(
      options,
      noting(notingSkew(there.twin, { here, there, faults: faultsOf(place) }), here),
      'remoteDynamodb',
    ),
    search: searchBehind(options, here.search),
    email: emailBehind(environment, here),
    objects: objectsBehind(environment, here.archive, 'objects'),
  };
}

/** What is written into the other region is remembered, whether it is taken or not. */
function noting(remote: DynamoDb, { sent }: RegionServices): DynamoDb {
  return {
    ...remote,
    putItem: async (input) => {
      const [id, stamp] = [input.Item?.id?.S, input.Item?._v?.S];
      if (id !== undefined && stamp !== undefined) sent.push({ id, stamp });
      return remote.putItem(input);
    },
  };
}

const reads: ReadonlySet<string> = new Set(['getItem', 'query', 'scan']);

export function dynamoDbBehind(
  { place, environment }: Pick<ServicesOptions, 'place' | 'environment'>,
  twin: DynamoDb,
  service: 'dynamodb' | 'remoteDynamodb',
): DynamoDb {
  return interceptDynamoDb(twin, (call, proceed) => {
    const parts = call.operation === 'transactWriteItems' ? (call.input.TransactItems?.length ?? 0) : undefined;
    const site = {
      service,
      operation: call.operation,
      isWrite: !reads.has(call.operation),
      ...(parts === undefined ? {} : { parts }),
    };
    // Only of changes that bear the same microsecond does the index have to read which one stands.
    if (place.consumer === 'search-index' && call.operation === 'getItem')
      faultsOf(place).changes('tie', place.consumer);
    return environment.call(site, () => {
      const refusal = refusedItem(call, place);
      return refusal === undefined ? proceed() : Promise.reject(refusal);
    });
  });
}

function searchBehind({ place, environment }: ServicesOptions, search: SearchService): SearchService {
  const { world, consumer, random } = place;
  const bulk = (operations: readonly BulkOperation[]) =>
    Promise.all(
      operations.map(async (operation): Promise<BulkResult> => {
        if (world.outages.poisons(consumer, operation.id)) {
          faultsOf(place).diverts('poison', consumer);
          return { status: 400, errorType: 'mapper_parsing_exception' };
        }
        const [result] = await search.bulk([operation]);
        return result ?? { status: 500, errorType: 'missing_result' };
      }),
    );
  const throttled = { status: 429, errorType: 'es_rejected_execution_exception' };
  const site = { service: 'search', isWrite: false } as const;
  return {
    bulk: (operations) =>
      environment.call({ ...site, operation: 'bulk', isWrite: true }, () => bulk(operations), {
        partly: async () => {
          const taken = operations.filter(() => random.chance(0.5));
          const results = new Map((await bulk(taken)).map((result, index) => [taken[index], result]));
          return operations.map((operation) => results.get(operation) ?? throttled);
        },
      }),
    get: (request) => environment.call({ ...site, operation: 'get' }, () => search.get(request)),
    search: (request) => environment.call({ ...site, operation: 'search' }, () => search.search(request)),
  };
}

function emailBehind(environment: Environment, { email }: RegionServices): EmailService {
  const behind = email.behind((_email, proceed) =>
    environment.call({ service: 'email', operation: 'send', isWrite: true }, async () => proceed()),
  );
  return {
    send: behind.send,
    quota: () => environment.call({ service: 'email', operation: 'quota', isWrite: false }, () => behind.quota()),
  };
}

export function objectsBehind(
  environment: Environment,
  objects: ObjectStore,
  service: 'objects' | 'deadLetters',
): ObjectStore {
  return around(objects, { environment, service, writes: ['put', 'delete'] });
}

/** Any port whose methods all answer promises. */
function around<Port extends object>(
  port: Port,
  { environment, service, writes }: { environment: Environment; service: ServiceName; writes: readonly string[] },
): Port {
  return new Proxy(port, {
    get: (target, operation) => {
      const method: unknown = Reflect.get(target, operation);
      if (typeof method !== 'function' || typeof operation !== 'string') return method;
      const site = { service, operation, isWrite: writes.includes(operation) };
      return (...given: readonly unknown[]) =>
        environment.call(site, async (): Promise<unknown> => Reflect.apply(method, target, given));
    },
  });
}

export const silent = {
  startInvocation: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
