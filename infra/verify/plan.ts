import { namesOf } from '../names.ts';
import type { StageConfig } from '../stage-config.ts';
import { checks } from './checks.ts';
import { probeHouse } from './probe-house.ts';
import { changed, writes } from './scenario.ts';

/** What a run would do, for `--dry-run`. */
export function describePlan(config: StageConfig): readonly string[] {
  const [region = ''] = config.regions;
  const names = namesOf(config, { region, account: 'ACCOUNT', partition: 'aws' });
  return [
    `1. Deploy the stage "${config.stage}" to ${region} with the constructs that your stages are made of:`,
    `   table ${names.sourceTable(probeHouse.table.name)} with its stream, Kinesis stream ${names.kinesisStream},`,
    `   functions ${probeHouse.registry.map(({ name }) => names.function(name)).join(', ')},`,
    `   buckets, queues and alarms beside them (to ${config.alarmAddress}).`,
    `2. Write ${writes.flat().length} items with ${changed} changes.`,
    '3. Wait, 15 minutes at most, for retries, the end of a window and failure objects.',
    '4. Check that',
    ...checks.map(({ name, source }) => `   - ${name}\n     ${source}`),
    '5. Destroy the stage, also when something failed, and keep what was recorded in dist/verify-evidence.json.',
    'It takes about half an hour and costs well below a dollar. Nothing else in the account is touched.',
  ];
}
