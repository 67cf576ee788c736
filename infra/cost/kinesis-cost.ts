import type { StageConfig } from '../stage-config.ts';
import { assumed } from './assumptions.ts';
import { bytesPerGb, type CostLine, type Factor, hoursPerMonth, secondsPerMonth } from './cost-line.ts';

export interface KinesisUse {
  readonly writesPerS: number;
  /** Consumers that share the shards' reads, and those with reads of their own. */
  readonly shared: number;
  readonly enhanced: number;
  readonly retentionH: number;
}

export type KinesisMode = 'on demand, standard' | 'on demand, advantage' | 'provisioned';

export const kinesisModes: readonly KinesisMode[] = ['on demand, standard', 'on demand, advantage', 'provisioned'];

const gbPerKb = 1024 / bytesPerGb;
/** What an account in advantage mode pays for at least: 25 MiB/s written and as much read, of all its streams. */
const advantageGb = (25 * 1024 * 1024 * secondsPerMonth) / bytesPerGb;

/** @see https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
export function kinesisLines(mode: KinesisMode, use: KinesisUse): readonly CostLine[] {
  const lines = mode === 'provisioned' ? provisioned(use) : onDemand(mode, use);
  return lines.filter(({ factors }) => factors.every(([number]) => number > 0));
}

/** The mode of a configuration; advantage is a setting of the whole account, which no stack can make. */
export function modeOf({ kinesis }: StageConfig): KinesisMode {
  return kinesis.mode === 'provisioned' ? 'provisioned' : 'on demand, standard';
}

/** Shards that `use` fills: by bytes written, by records, and by bytes that shared consumers read (2 MB/s a shard). */
export function shardsNeeded({ writesPerS, shared }: KinesisUse): number {
  const mbPerS = (writesPerS * assumed('recordKb')) / 1024;
  const full = Math.max(mbPerS, writesPerS / 1_000, (mbPerS * shared) / 2);
  return Math.max(1, Math.ceil(full * assumed('headroom')));
}

/** On demand there are four to begin with, and room for twice the peak of the last 30 days. */
export function shardsOf(mode: KinesisMode, use: KinesisUse): number {
  return mode === 'provisioned' ? shardsNeeded(use) : Math.max(4, shardsNeeded({ ...use, shared: 1 }));
}

function onDemand(mode: KinesisMode, { writesPerS, shared, enhanced, retentionH }: KinesisUse): CostLine[] {
  const advantage = mode === 'on demand, advantage';
  const name = advantage ? 'Advantage' : 'OnDemand';
  const writes: readonly Factor[] = [
    [writesPerS, 'writes/s'],
    [secondsPerMonth, 's'],
  ];
  const written: readonly Factor[] = [...writes, [Math.ceil(assumed('recordKb')) * gbPerKb, 'GB (whole KB)']];
  const read: readonly Factor[] = [...writes, [assumed('recordKb') * gbPerKb, 'GB']];
  const atLeast = (factors: readonly Factor[]): readonly Factor[] => {
    const used = factors.reduce((product, [number]) => product * number, 1);
    return advantage && used < advantageGb ? [[advantageGb, 'GB that the account pays for at least']] : factors;
  };
  const lines: CostLine[] = [
    kinesis('written', atLeast(written), `kinesis${name}Ingest`),
    advantage
      ? kinesis('read by all', atLeast([...read, [shared + enhanced, 'consumers']]), 'kinesisAdvantageRead')
      : kinesis('read by shared consumers', [...read, [shared, 'consumers']], 'kinesisOnDemandRead'),
    kinesis(
      'kept beyond a day',
      [
        [writesPerS, 'writes/s'],
        [Math.max(0, retentionH - 24) * 3600, 's kept'],
        [assumed('recordKb') * gbPerKb, 'GB'],
      ],
      `kinesis${name}Retention`,
    ),
  ];
  if (advantage) return lines;
  return [
    ...lines,
    kinesis('the stream', [[hoursPerMonth, 'h']], 'kinesisOnDemandStream'),
    kinesis('read by enhanced consumers', [...read, [enhanced, 'consumers']], 'kinesisOnDemandReadEnhanced'),
  ];
}

function provisioned(use: KinesisUse): CostLine[] {
  const { writesPerS, enhanced, retentionH } = use;
  const shardHours: readonly Factor[] = [
    [shardsNeeded(use), 'shards'],
    [hoursPerMonth, 'h'],
  ];
  const writes: readonly Factor[] = [
    [writesPerS, 'writes/s'],
    [secondsPerMonth, 's'],
  ];
  return [
    kinesis('shards', shardHours, 'kinesisShard'),
    kinesis('written', [...writes, [Math.ceil(assumed('recordKb') / 25), 'units']], 'kinesisPut'),
    kinesis('kept beyond a day', retentionH > 24 ? shardHours : [], 'kinesisShardRetention'),
    kinesis('shards of enhanced consumers', [...shardHours, [enhanced, 'consumers']], 'kinesisShardEnhanced'),
    kinesis(
      'read by enhanced consumers',
      [...writes, [assumed('recordKb') * gbPerKb, 'GB'], [enhanced, 'consumers']],
      'kinesisProvisionedReadEnhanced',
    ),
  ].filter(({ factors }) => factors.length > 0);
}

function kinesis(what: string, factors: readonly Factor[], price: string): CostLine {
  return { group: 'Kinesis', what, factors, price, lever: leverOf(price) };
}

function leverOf(price: string): string {
  if (price.endsWith('Retention')) return '`kinesisRetentionH`: every day less is a day less to act in';
  if (price.includes('Enhanced')) return '`enhancedFanOut`: a consumer less';
  return '`kinesis.mode`; the modes are compared below';
}
