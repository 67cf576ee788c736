import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeDomainCommand, OpenSearchClient, ResourceNotFoundException } from '@aws-sdk/client-opensearch';
import { registry } from '../functions/registry.ts';
import { table } from '../functions/table.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { chooseStage } from './choose-stage.ts';
import { stages } from './config.ts';
import { ConfigError, configError, runCommand } from './config-error.ts';
import { domainProblems, type ExistingDomain } from './existing-domain.ts';
import { type ExistingTable, importProblems } from './imported-table.ts';
import { namesOf } from './names.ts';
import type { ImportedTableConfig, StageConfig } from './stage-config.ts';
import { assertValid, placeholderProblems } from './validate-config.ts';

const command = describeCommand({
  name: 'npm run deploy --',
  description: 'Checks a stage, synthesizes it and deploys its stacks in order; needs credentials of your account.',
  examples: ['npm run deploy', 'npm run deploy -- --stage production -- --require-approval never'],
})
  .option('--stage <name>', 'a stage of infra/config.ts; by default the first')
  .argument('[arguments...]', 'behind a further --: what cdk deploy takes');
const { stage } = readArguments(command).opts<{ readonly stage?: string }>();

await runCommand(async () => {
  const config = chooseStage(stages, stage);
  assertValid(config, { table, registry });
  const placeholders = placeholderProblems(config);
  if (placeholders.length > 0) throw configError(config.stage, placeholders);
  if (config.table.kind === 'import') await assertImportable(config, config.table);
  if (config.search.kind === 'domain') await assertDomainsAtRest(config);
  run(fileURLToPath(new URL('app.ts', import.meta.url)), ['--stage', config.stage]);
  const assembly = fileURLToPath(new URL('../dist/cdk', import.meta.url));
  run(fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk')), ['deploy', '--app', assembly, '--all', ...command.args]);
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

async function assertDomainsAtRest(config: StageConfig): Promise<void> {
  const found = await Promise.all(config.regions.map((region) => describeDomain(config, region)));
  const problems = found.flatMap((existing) => (existing === undefined ? [] : domainProblems(existing)));
  if (problems.length === 0) return;
  throw new ConfigError(`Nothing can be deployed just now:${problems.map((problem) => `\n- ${problem}`).join('')}`);
}

/** Nothing before the first deployment. */
async function describeDomain(config: StageConfig, region: string): Promise<ExistingDomain | undefined> {
  const { domain: DomainName } = namesOf(config, { region, account: '', partition: 'aws' });
  const client = new OpenSearchClient({ region });
  try {
    const { DomainStatus } = await client.send(new DescribeDomainCommand({ DomainName }));
    return DomainStatus === undefined ? undefined : { region, domain: DomainStatus };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** Runs a Node program; what it reports is on the screen already. */
function run(file: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
