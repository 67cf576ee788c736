import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { registry } from '../functions/registry.ts';
import { table } from '../functions/table.ts';
import { chooseStage } from './choose-stage.ts';
import { stages } from './config.ts';
import { ConfigError, configError, runCommand } from './config-error.ts';
import { type ExistingTable, importProblems } from './imported-table.ts';
import type { ImportedTableConfig, StageConfig } from './stage-config.ts';
import { assertValid, placeholderProblems } from './validate-config.ts';

// `npm run deploy [-- --stage NAME [-- ARGUMENTS OF cdk deploy]]`: checks, synthesizes, deploys every stack in order.
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { stage: { type: 'string' } }, allowPositionals: true });
  const config = chooseStage(stages, values.stage === undefined ? [] : ['--stage', values.stage]);
  assertValid(config, { table, registry });
  const placeholders = placeholderProblems(config);
  if (placeholders.length > 0) throw configError(config.stage, placeholders);
  if (config.table.kind === 'import') await assertImportable(config, config.table);
  run(fileURLToPath(new URL('app.ts', import.meta.url)), ['--stage', config.stage]);
  const assembly = fileURLToPath(new URL('../dist/cdk', import.meta.url));
  run(fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk')), ['deploy', '--app', assembly, '--all', ...positionals]);
});

async function assertImportable({ regions }: StageConfig, imported: ImportedTableConfig): Promise<void> {
  const problems: string[] = [];
  for (const region of regions) {
    const existing = await describe(region, imported.name);
    problems.push(...importProblems(table, { existing, streamArn: imported.streamArnByRegion[region] ?? '' }));
  }
  if (problems.length === 0) return;
  throw new ConfigError(
    `The table cannot be imported as it is:${problems.map((problem) => `\n- ${problem}`).join('')}`,
  );
}

async function describe(region: string, TableName: string): Promise<ExistingTable> {
  const client = new DynamoDBClient({ region });
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  const { TimeToLiveDescription = {} } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  client.destroy();
  return { region, table: Table, timeToLive: TimeToLiveDescription };
}

/** Runs a Node program; what it reports is on the screen already. */
function run(file: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
