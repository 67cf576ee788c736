import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BatchWriteItemCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createS3Client } from '../../shared/runtime/create-s3-client.ts';
import { s3ObjectStore } from '../../shared/services/s3/client.ts';
import type { ObjectStore } from '../../shared/services/s3/port.ts';
import { namesOf } from '../names.ts';
import type { StageConfig } from '../stage-config.ts';
import type { StoredObject } from './evidence.ts';
import { probeHouse, recordings } from './probe-house.ts';
import type { ProbeItem } from './scenario.ts';
import { synthesizeProbes } from './synthesize.ts';
import type { Cloud } from './verify.ts';

/** The account that the SDK's and CDK's usual settings lead to. */
export function liveCloud({ config, outdir }: { readonly config: StageConfig; readonly outdir: string }): Cloud {
  const [region = ''] = config.regions;
  const dynamodb = new DynamoDBClient({ region });
  const s3 = createS3Client({ region, requestTimeoutMs: 30_000 });
  const TableName = namesIn('').sourceTable(probeHouse.table.name);
  function namesIn(account: string) {
    return namesOf(config, { region, account, partition: 'aws' });
  }
  /** Names of buckets have the account in them. */
  async function bucketOf(which: 'recordings' | 'failures'): Promise<ObjectStore> {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const names = namesIn(Table?.TableArn?.split(':')[4] ?? '');
    return s3ObjectStore(s3, which === 'recordings' ? names.bucket(recordings.name) : names.failuresBucket);
  }
  return {
    async deploy() {
      await synthesizeProbes(config, outdir);
      cdk(['deploy', '--app', outdir, '--all', '--require-approval', 'never']);
    },
    async put(items) {
      const PutRequests = items.map((item) => ({ PutRequest: { Item: itemOf(item) } }));
      const { UnprocessedItems } = await dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: PutRequests } }),
      );
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('DynamoDB left items of a write out.');
    },
    recordings: async () => allIn(await bucketOf('recordings'), 'probe-'),
    failures: async () => allIn(await bucketOf('failures'), 'aws/lambda/'),
    async destroy() {
      cdk(['destroy', '--app', outdir, '--all', '--force']);
    },
  };
}

function itemOf({ group, number, answer }: ProbeItem) {
  return { group: { S: group }, number: { S: number }, answer: { S: answer } };
}

async function allIn(objects: ObjectStore, prefix: string): Promise<readonly StoredObject[]> {
  const keys = await objects.list(prefix);
  return Promise.all(keys.map(async (key) => ({ key, body: (await objects.get(key)) ?? '{}' })));
}

function cdk(args: readonly string[]): void {
  const program = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));
  const { status } = spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`cdk ${args[0]} failed: see its message above.`);
}
