import { CloudWatchClient, GetMetricDataCommand, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { AlarmService, DeployedAlarm, MappingService, MetricReader } from '../../shared/operations/stage/ports.ts';
import type { CarriedReply, Carrier } from '../../shared/services/opensearch/carried-request.ts';

export function lambdaMappings(client: LambdaClient): MappingService {
  return {
    list: async (FunctionName) => {
      const found = [];
      for await (const page of paginateListEventSourceMappings({ client }, { FunctionName })) {
        found.push(...(page.EventSourceMappings ?? []));
      }
      return found.map(({ UUID = '', State = '', EventSourceArn = '' }) => {
        return { uuid: UUID, state: State, sourceArn: EventSourceArn };
      });
    },
    state: async (UUID) => (await client.send(new GetEventSourceMappingCommand({ UUID }))).State ?? '',
    setEnabled: async (UUID, Enabled) => {
      await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    },
  };
}

const lookBackMs = 15 * 60_000;

export function cloudWatchMetrics(client: CloudWatchClient, nowMs: () => number): MetricReader {
  return {
    newest: async ({ namespace, metric, dimensions, statistic }) => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      const { MetricDataResults = [] } = await client.send(
        new GetMetricDataCommand({
          StartTime: new Date(nowMs() - lookBackMs),
          EndTime: new Date(nowMs()),
          ScanBy: 'TimestampDescending',
          MetricDataQueries: [
            {
              Id: 'm',
              MetricStat: {
                Metric: { Namespace: namespace, MetricName: metric, Dimensions },
                Period: 60,
                Stat: statistic,
              },
            },
          ],
        }),
      );
      return MetricDataResults[0]?.Values?.[0];
    },
  };
}

export function cloudWatchAlarms(client: CloudWatchClient): AlarmService {
  return {
    list: async (AlarmNamePrefix) => {
      const found: DeployedAlarm[] = [];
      const wanted = { AlarmNamePrefix, AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
      for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms({ client }, wanted)) {
        for (const { AlarmName, StateValue, StateUpdatedTimestamp, AlarmDescription } of [
          ...CompositeAlarms,
          ...MetricAlarms,
        ]) {
          found.push({
            ...{ name: AlarmName ?? '', state: StateValue ?? '', description: AlarmDescription ?? '' },
            ...(StateUpdatedTimestamp === undefined ? {} : { since: StateUpdatedTimestamp.toISOString() }),
          });
        }
      }
      return found;
    },
  };
}

/** Clients of one region, with the credentials that the SDK's usual settings lead to. */
export function operatorClients(region: string) {
  return { lambda: new LambdaClient({ region }), cloudWatch: new CloudWatchClient({ region }) };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function invokedCarrier(client: LambdaClient, FunctionName: string): Carrier {
  return async (request) => {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
    if (FunctionError === undefined) return answer as CarriedReply;
    throw new Error(`${FunctionName} failed: ${JSON.stringify(answer)}`);
  };
}
