import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { SearchDomainConfig } from '../stage-config.ts';
import { assumed } from './assumptions.ts';
import { bytesPerGb, type CostLine, type Factor, hoursPerMonth, secondsPerMonth } from './cost-line.ts';
import type { RegionCostOptions } from './workload.ts';

const gbPerKb = 1024 / bytesPerGb;

/** What does not follow from batches: the search domain, emails, scheduled functions, logs, metrics and alarms. */
export function fixedLines(options: RegionCostOptions, invocationsPerS: number): readonly CostLine[] {
  const { plan } = options;
  const { search } = plan.config;
  return [
    ...(search.kind === 'domain' ? searchLines(search, options) : []),
    ...(plan.sendsEmail ? emailLines(options) : []),
    ...plan.consumers.flatMap(scheduledLines),
    ...watchingLines(options, invocationsPerS),
  ];
}

/** The configured domain, or a larger one of its kind where the work needs more. */
function searchLines(search: SearchDomainConfig, { workload }: RegionCostOptions): CostLine[] {
  const forWrites = Math.ceil(workload.writesPerS / assumed('searchWritesPerNode'));
  const nodes = Math.max(search.dataNodes, forWrites + (forWrites % 2));
  const copies = nodes > 1 ? 2 : 1;
  const documentsGb = workload.users * assumed('itemKb') * gbPerKb * copies * assumed('searchOverhead');
  const volumeGb = Math.max(search.volumeGb, Math.ceil(documentsGb / nodes));
  const lever = '`search.dataNodes`, `search.instanceType`, or `search: none`';
  const lines: CostLine[] = [
    {
      group: 'search',
      what: `data nodes (${search.dataNodes} configured)`,
      factors: [
        [nodes, 'nodes'],
        [hoursPerMonth, 'h'],
      ],
      price: `search:${search.instanceType}`,
      lever,
    },
    {
      group: 'search',
      what: 'volumes',
      factors: [
        [nodes, 'nodes'],
        [volumeGb, 'GB'],
      ],
      price: 'searchStorage',
      lever: '`search.volumeGb`',
    },
  ];
  if (search.network === 'public') return lines;
  return [
    ...lines,
    {
      group: 'search',
      what: 'the endpoint of SQS in its network',
      factors: [
        [2, 'zones'],
        [hoursPerMonth, 'h'],
      ],
      price: 'interfaceEndpoint',
      lever: '`search.network`',
    },
  ];
}

function emailLines({ workload: { users } }: RegionCostOptions): CostLine[] {
  const signUps: readonly Factor[] = [
    [users, 'users'],
    [assumed('signUpsPerUser'), 'sign-ups each'],
  ];
  const lever = 'sign-ups';
  return [
    { group: 'email', what: 'emails', factors: signUps, price: 'sesEmail', lever },
    {
      group: 'email',
      what: 'the ledger: owed, taken, sent, delivered; the row and its index',
      factors: [...signUps, [4, 'writes'], [2, 'KB'], [2, 'row and index']],
      price: 'dynamodbWrite',
      lever,
    },
    {
      group: 'email',
      what: 'two events each, through a queue',
      factors: [...signUps, [2, 'events'], [3, 'requests']],
      price: 'sqsRequest',
      lever,
    },
  ];
}

function scheduledLines({ name, trigger, memoryMb }: ConsumerDefinition): CostLine[] {
  if (trigger.kind !== 'schedule') return [];
  return [
    {
      group: 'functions',
      what: `${name}, every ${trigger.everyS} s`,
      factors: [
        [secondsPerMonth / trigger.everyS, 'invocations'],
        [assumed('scheduledMs') / 1000, 's'],
        [memoryMb / 1024, 'GB'],
      ],
      price: 'lambdaDuration',
      lever: `\`everyS\` of ${name}`,
    },
  ];
}

function watchingLines({ plan }: RegionCostOptions, invocationsPerS: number): CostLine[] {
  const mappings = plan.consumers.filter(({ trigger }) => trigger.kind !== 'schedule').length;
  const catalogue = 'the catalogue of metrics and alarms';
  const watching = (what: string, factors: readonly Factor[], price: string, lever: string): CostLine => ({
    group: 'watching',
    what,
    factors,
    price,
    lever,
  });
  return [
    watching('our own metrics', [[assumed('customMetrics'), 'metrics']], 'cloudwatchMetric', catalogue),
    watching(
      'event metrics of mappings',
      [
        [mappings, 'mappings'],
        [assumed('mappingMetrics'), 'metrics'],
      ],
      'cloudwatchMetric',
      'fewer consumers',
    ),
    watching('alarms', [[assumed('alarms'), 'alarms']], 'cloudwatchAlarm', catalogue),
    watching('dashboards', [[assumed('dashboards'), 'dashboards']], 'cloudwatchDashboard', catalogue),
    watching(
      'logs',
      [
        [invocationsPerS, 'invocations/s'],
        [secondsPerMonth, 's'],
        [assumed('logKb') * gbPerKb, 'GB'],
      ],
      'cloudwatchLogs',
      '`maximumBatchingWindowS` of every consumer: fewer invocations, fewer lines',
    ),
  ];
}
