import type { ConsumerDefinition, ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { assumed } from './assumptions.ts';
import { type CostLine, type Factor, secondsPerMonth } from './cost-line.ts';
import type { RegionCostOptions } from './workload.ts';

/** A consistent read is paid for by 4 KB. */
const readUnitKb = 4;
/** Kept for looking again at what differed. */
const marginS = 90;

/** What scheduled audits read and write: the whole table, and what is kept of each of its items. */
export function auditLines(options: RegionCostOptions): readonly CostLine[] {
  return options.plan.consumers.filter(isScheduled).flatMap((definition) => {
    if (definition.uses.some(({ kind }) => kind === 'failures')) return totalsAudit(definition, options);
    return definition.emits?.includes('AuditedItems') ? copiesAudit(definition, options) : [];
  });
}

function isScheduled(definition: ConsumerDefinition): definition is ScheduledDefinition {
  return definition.trigger.kind === 'schedule';
}

/** A part of the table each time, all of it in a day: as much of a part as there is time for. */
function copiesAudit({ name, uses, trigger, timeoutS, memoryMb }: ScheduledDefinition, options: RegionCostOptions) {
  const { everyS } = trigger;
  const inTime = (timeoutS - marginS) * assumed('auditedPerS');
  const part = Math.min(options.workload.users / (86_400 / everyS), inTime);
  const items: readonly Factor[] = [
    [secondsPerMonth / everyS, 'parts'],
    [part, 'items of a part'],
  ];
  const lever = `\`everyS\` of ${name}`;
  const isKeptInTable = uses.some(({ kind }) => kind === 'table' || kind === 'replicaTable');
  const read = (what: string): CostLine => ({
    ...{ group: 'audits', what: `${name}, ${what}`, price: 'dynamodbRead', lever },
    factors: [...items, [Math.ceil(assumed('itemKb') / readUnitKb), 'consistent reads']],
  });
  return [
    read('the table'),
    ...(isKeptInTable ? [read('what is kept of each item')] : []),
    running({ name, memoryMb, items, perS: assumed('auditedPerS'), lever }),
  ];
}

/** A generation beside that of readers: a row for each item, what it adds to its counters, and the end of both. */
function totalsAudit({ name, memoryMb }: ScheduledDefinition, { workload, totals }: RegionCostOptions): CostLine[] {
  const items: readonly Factor[] = [
    [assumed('buildsAMonth'), 'builds'],
    [workload.users, 'items'],
  ];
  const lever = '`everyMs` in `functions/audit-aggregates/handler.ts`';
  const line = (what: string, price: string, each: readonly Factor[]): CostLine => ({
    ...{ group: 'audits', what: `${name}, ${what}`, price, lever },
    factors: [...items, ...each],
  });
  return [
    line('the table', 'dynamodbRead', [[Math.ceil(assumed('itemKb') / readUnitKb), 'consistent reads']]),
    line('a row and its counters', 'dynamodbWrite', [
      [1 + totals.length, 'rows of an item'],
      [2, 'units in a transaction'],
    ]),
    line('rows dropped', 'dynamodbWrite', []),
    running({ name, memoryMb, items, perS: assumed('builtPerS'), lever }),
  ];
}

function running(options: {
  readonly name: string;
  readonly memoryMb: number;
  readonly items: readonly Factor[];
  readonly perS: number;
  readonly lever: string;
}): CostLine {
  const { name, memoryMb, items, perS, lever } = options;
  return {
    group: 'audits',
    what: `${name}, running`,
    factors: [...items, [1 / perS, 's'], [memoryMb / 1024, 'GB']],
    price: 'lambdaDuration',
    lever,
  };
}
