import type { StreamConsumerDefinition, TableResource } from '../../shared/runtime/consumer-definition.ts';
import type { TotalDefinition } from '../../shared/sinks/aggregates/total-definition.ts';
import { assumed } from './assumptions.ts';
import { type CostGroup, type CostLine, type Factor, secondsPerMonth } from './cost-line.ts';
import type { Invocations } from './invocations.ts';

export interface SinkUse {
  readonly writesPerS: number;
  readonly users: number;
  readonly invocations: Invocations;
  readonly totals: readonly TotalDefinition[];
}

const countersMaxPerCut = 97;
/** A request in a transaction costs two units. */
const transactional: Factor = [2, 'units in a transaction'];

/** What a consumer's tables cost; one that is not known here is taken to get one small write for each record. */
export function sinkLines({ uses, name }: StreamConsumerDefinition, use: SinkUse): readonly CostLine[] {
  return uses.flatMap((resource) =>
    resource.kind === 'table' ? (knownTables[resource.name] ?? eachRecord)(use, name) : [],
  );
}

const knownTables: Readonly<Record<string, typeof eachRecord>> = {
  aggregates: counters,
  'aggregates-checkpoints': checkpoints,
  'usage-windows': usageWindows,
  // Paid for by sign-ups, below; a conflict or a suppressed address is an exception.
  'email-ledger': () => [],
  'email-suppressions': () => [],
  'replica-conflicts': () => [],
} satisfies Record<TableResource['name'], typeof eachRecord>;

/** Counters that a batch moves: a total by minute has a row for nearly every item, one by attribute only a few. */
export function countersOf(records: number, totals: readonly TotalDefinition[]): number {
  return totals.reduce((sum, { by }) => {
    const groups = by.per === 'minute' ? records : by.per === 'day' ? 365 : assumed('keysOfATotal');
    return sum + Math.min(records, groups);
  }, 0);
}

function counters({ invocations, totals }: SinkUse): CostLine[] {
  const each = countersOf(invocations.recordsEach, totals);
  return [
    {
      group: 'aggregates',
      what: 'counters',
      factors: [...invoked(invocations), [each, 'counters of a batch'], transactional],
      price: 'dynamodbWrite',
      lever: '`functions/aggregates/totals.ts`: a total by minute writes a row for nearly every change',
    },
  ];
}

function checkpoints({ invocations, totals }: SinkUse): CostLine[] {
  const cuts = Math.max(1, countersOf(invocations.recordsEach, totals) / countersMaxPerCut);
  const lever = '`maximumBatchingWindowS` of aggregates: larger batches, fewer cuts';
  return [
    {
      group: 'aggregates',
      what: 'position, cut and phase of each transaction',
      factors: [...invoked(invocations), [cuts, 'cuts of a batch'], [3, 'rows'], transactional],
      price: 'dynamodbWrite',
      lever,
    },
    {
      group: 'aggregates',
      what: 'phase and position, read',
      factors: [...invoked(invocations), [2, 'consistent reads']],
      price: 'dynamodbRead',
      lever,
    },
  ];
}

function usageWindows({ writesPerS, invocations: { shards } }: SinkUse): CostLine[] {
  // A sketch has up to 4 KB; one that has seen few users is smaller.
  const rowKb = Math.ceil(Math.min(4.5, 0.5 + (writesPerS / shards) * 60 * 0.004));
  return [
    {
      group: 'usage windows',
      what: 'a row for each shard and minute',
      factors: [
        [shards, 'shards'],
        [secondsPerMonth / 60, 'minutes'],
        [rowKb, 'KB'],
      ],
      price: 'dynamodbWrite',
      lever: '`tumblingWindowS` of usage-analytics',
    },
  ];
}

function eachRecord({ writesPerS }: SinkUse, consumer: string): CostLine[] {
  const group: CostGroup = 'other tables';
  return [
    {
      group,
      what: `written by ${consumer}, once for each record`,
      factors: [
        [writesPerS, 'writes/s'],
        [secondsPerMonth, 's'],
      ],
      price: 'dynamodbWrite',
      lever: `what ${consumer} keeps`,
    },
  ];
}

function invoked({ perS }: Invocations): Factor[] {
  return [
    [perS, 'invocations/s'],
    [secondsPerMonth, 's'],
  ];
}
