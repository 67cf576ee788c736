import { isStreamConsumer, type StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { RegionPlan } from '../region-plan.ts';
import { assumed, durationOf } from './assumptions.ts';
import { auditLines } from './audit-cost.ts';
import { bytesPerGb, type CostLine, type Factor, secondsPerMonth } from './cost-line.ts';
import { fixedLines } from './fixed-cost.ts';
import { type Invocations, invocationsOf, streamShards } from './invocations.ts';
import { type KinesisUse, kinesisLines, modeOf, shardsOf } from './kinesis-cost.ts';
import { sinkLines } from './sink-cost.ts';
import type { RegionCostOptions, Workload } from './workload.ts';

const gbPerKb = 1024 / bytesPerGb;

/** Every position of one region's monthly bill. */
export function regionLines(options: RegionCostOptions): readonly CostLine[] {
  const { plan, workload, totals } = options;
  const kinesis = kinesisUse(plan, workload);
  const consumers = plan.consumers.filter(isStreamConsumer).map((definition) => {
    const shards =
      definition.trigger.kind === 'kinesis'
        ? shardsOf(modeOf(plan.config), kinesis)
        : streamShards(workload.writesPerS);
    return { definition, invocations: invocationsOf(definition, { writesPerS: workload.writesPerS, shards }) };
  });
  return [
    ...tableLines(options),
    ...kinesisLines(modeOf(plan.config), kinesis),
    ...consumers.flatMap(({ definition, invocations }) => [
      ...functionLines(definition, invocations),
      ...sinkLines(definition, { ...workload, invocations, totals }),
      ...archiveLines(definition, { workload, invocations }),
    ]),
    ...otherRegionLines(options),
    ...auditLines(options),
    ...fixedLines(
      options,
      consumers.reduce((sum, { invocations }) => sum + invocations.perS, 0),
    ),
  ];
}

export function kinesisUse({ consumers, config }: RegionPlan, { writesPerS }: Workload): KinesisUse {
  const readers = consumers.filter(({ trigger }) => trigger.kind === 'kinesis');
  const enhanced = readers.filter(({ name }) => config.enhancedFanOut.includes(name)).length;
  return { writesPerS, enhanced, shared: readers.length - enhanced, retentionH: config.kinesisRetentionH };
}

function tableLines({ plan, workload: { writesPerS, users } }: RegionCostOptions): CostLine[] {
  const written = writes(writesPerS);
  const lines: CostLine[] = [
    {
      group: 'source table',
      what: 'writes, those that come from the other region included',
      factors: [...written, [Math.ceil(assumed('itemKb')), 'KB']],
      price: 'dynamodbWrite',
      lever: 'yours with or without a pipeline; smaller items, or provisioned capacity',
    },
    {
      group: 'Kinesis',
      what: 'changes captured for it',
      factors: [...written, [Math.ceil(assumed('itemKb')), 'KB']],
      price: 'dynamodbCapture',
      lever: 'smaller items',
    },
  ];
  if (plan.config.table.kind === 'import') return lines;
  for (const [what, price] of [
    ['items', 'dynamodbStorage'],
    ['backups', 'dynamodbBackup'],
  ] as const) {
    lines.push({
      group: 'source table',
      what,
      factors: [
        [users, 'items'],
        [assumed('itemKb') * gbPerKb, 'GB'],
      ],
      price,
      lever: 'smaller items',
    });
  }
  return lines;
}

function functionLines(definition: StreamConsumerDefinition, { perS, recordsEach }: Invocations): CostLine[] {
  const { fixedMs, perRecordMs } = durationOf(definition);
  const invoked: readonly Factor[] = [
    [perS, 'invocations/s'],
    [secondsPerMonth, 's'],
  ];
  const lever = `\`maximumBatchingWindowS\` and \`memoryMb\` of ${definition.name}`;
  return [
    { group: 'functions', what: `${definition.name}, invoked`, factors: invoked, price: 'lambdaRequest', lever },
    {
      group: 'functions',
      what: `${definition.name}, running`,
      factors: [
        ...invoked,
        [(fixedMs + perRecordMs * recordsEach) / 1000, `s (${fixedMs} ms + ${perRecordMs} ms a record)`],
        [definition.memoryMb / 1024, 'GB'],
      ],
      price: 'lambdaDuration',
      lever,
    },
  ];
}

function archiveLines(
  { uses, strategy }: StreamConsumerDefinition,
  { workload, invocations }: { readonly workload: Workload; readonly invocations: Invocations },
): CostLine[] {
  const bucket = uses.find((use) => use.kind === 'bucket');
  if (bucket === undefined || strategy !== 'whole') return [];
  return [
    {
      group: 'archive',
      what: 'objects put',
      factors: [
        [invocations.perS, 'objects/s'],
        [secondsPerMonth, 's'],
      ],
      price: 's3Put',
      lever: '`maximumBatchingWindowS` of archive: larger batches, fewer objects',
    },
    {
      group: 'archive',
      what: `kept for ${bucket.expiresAfterDays} days, once that long has passed`,
      factors: [
        [workload.writesPerS, 'writes/s'],
        [bucket.expiresAfterDays * 86_400, 's kept'],
        [assumed('recordKb') * gbPerKb * assumed('compressed'), 'GB'],
      ],
      price: 's3Storage',
      lever: '`archive.expiresAfterDays`, or `archive: off`',
    },
  ];
}

function otherRegionLines({ plan, workload }: RegionCostOptions): CostLine[] {
  const { otherRegion, config, isHome } = plan;
  if (otherRegion === undefined || config.replication === 'off') return [];
  const own = config.replication === 'one-way' ? (isHome ? 1 : 0) : 1 / config.regions.length;
  return [
    {
      group: 'other region' as const,
      what: `what was written here, sent to ${otherRegion}`,
      factors: [...writes(workload.writesPerS), [own, 'written here'], [assumed('itemKb') * gbPerKb, 'GB']] as const,
      price: 'transferBetweenRegions',
      lever: '`replication`, `regions`',
    },
  ].filter(() => own > 0);
}

function writes(writesPerS: number): readonly Factor[] {
  return [
    [writesPerS, 'writes/s'],
    [secondsPerMonth, 's'],
  ];
}
