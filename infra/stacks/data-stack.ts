import { Aws, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { replayHorizonS } from '../../shared/change/replay-horizon.ts';
import { createAccessLogsBucket, createBucket } from '../constructs/buckets.ts';
import { EmailEvents } from '../constructs/email-events.ts';
import { createQueue } from '../constructs/queues.ts';
import { SearchDomain } from '../constructs/search-domain.ts';
import type { SearchNetwork } from '../constructs/search-network.ts';
import { SearchSetup } from '../constructs/search-setup.ts';
import { connectKinesis, streamArnOfReplica } from '../constructs/table-calls.ts';
import { createGlobalTable, createSourceTable, createTable } from '../constructs/tables.ts';
import type { FunctionBundle } from '../function-bundles.ts';
import { sidOf } from '../grants.ts';
import type { Place } from '../names.ts';
import { protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';

export interface DataStackProps extends StackProps {
  readonly plan: RegionPlan;
  readonly place: Place;
  readonly setupBundle: FunctionBundle;
  readonly network?: SearchNetwork;
}

/** What holds data: tables, buckets, queues, and the search domain. */
export class DataStack extends Stack {
  /** Of the source table's stream. */
  readonly streamArn: string;
  readonly deadLetterQueueUrl: string;
  readonly emailEventsQueueArn?: string;
  readonly searchEndpoint?: string;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { plan } = props;
    const { config, names, region } = plan;
    const protection = protectionOf(config, region);
    this.streamArn = sourceStream(this, props);
    for (const table of plan.tables) createTable(this, table, { tableName: names.table(table.name), protection });
    createBuckets(this, plan);
    const deadLetters = createQueue(this, 'QueueDeadLetters', {
      queueName: names.deadLetterQueue,
      protection,
      visibilityTimeoutS: 60,
    });
    this.deadLetterQueueUrl = deadLetters.queueUrl;
    const settler = plan.consumers.find(({ trigger }) => trigger.kind === 'schedule' && trigger.emailEvents);
    if (settler !== undefined) {
      const { timeoutS: settlerTimeoutS } = settler;
      const events = new EmailEvents(this, 'Email', { plan, account: Aws.ACCOUNT_ID, settlerTimeoutS });
      this.emailEventsQueueArn = events.queue.queueArn;
    }
    const domain = createSearch(this, props);
    if (domain !== undefined) this.searchEndpoint = domain.endpoint;
  }
}

/** Answers the ARN of the stream. */
function sourceStream(scope: Construct, { plan, place }: DataStackProps): string {
  const { config, names, region, table, sourceTable: tableName } = plan;
  if (config.table.kind === 'import') {
    connectKinesis(scope, plan);
    return config.table.streamArnByRegion[region] ?? '';
  }
  if (config.replication === 'global-table') {
    if (!plan.isHome) return streamArnOfReplica(scope, plan);
    return createGlobalTable(scope, plan, place).attrStreamArn;
  }
  const protection = protectionOf(config, region);
  return createSourceTable(scope, table, { tableName, protection, kinesisStreamArn: names.kinesisStreamArn })
    .attrStreamArn;
}

function createBuckets(scope: Construct, { config, names, region, buckets }: RegionPlan): void {
  const protection = protectionOf(config, region);
  const accessLogs = createAccessLogsBucket(scope, { bucketName: names.accessLogsBucket, protection });
  createBucket(scope, 'BucketFailures', {
    bucketName: names.failuresBucket,
    protection,
    expiresAfterDays: replayHorizonS / 86_400,
    accessLogs,
  });
  for (const { name, expiresAfterDays } of buckets) {
    const bucketName = names.bucket(name);
    createBucket(scope, `Bucket${sidOf(name)}`, { bucketName, protection, expiresAfterDays, accessLogs });
  }
}

function createSearch(scope: Construct, props: DataStackProps): SearchDomain | undefined {
  const { plan, network, setupBundle } = props;
  const { config, names, region } = plan;
  if (config.search.kind === 'none') return undefined;
  const within = network === undefined ? {} : { network };
  const setup = new SearchSetup(scope, 'SearchSetup', { plan, bundle: setupBundle, ...within });
  const domain = new SearchDomain(scope, 'Search', {
    domainName: names.domain,
    domainArn: names.domainArn,
    account: Aws.ACCOUNT_ID,
    partition: Aws.PARTITION,
    config: config.search,
    protection: protectionOf(config, region),
    masterRoleArn: setup.roleArn,
    ...within,
  });
  setup.run(domain);
  return domain;
}
