import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDomainHealthCommand, OpenSearchClient } from '@aws-sdk/client-opensearch';
import { GetAccountCommand, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { verifiedIdentity } from '../../infra/grants.ts';
import type { StageConfig } from '../../infra/stage-config.ts';
import type { RegionProbes } from '../../shared/operations/doctor/probes.ts';
import { readHealth, tableStatusOf } from './probe-answers.ts';
import { stageNamed, stageRegions } from './stage-regions.ts';

/** What can be asked of a deployed stage. */
export async function stageProbes(stage: string): Promise<readonly RegionProbes[]> {
  const config = stageNamed(stage);
  return (await stageRegions(config)).map(({ region, manifest, plan }) => {
    const dynamodb = new DynamoDBClient({ region });
    return {
      ...accountProbes(config, region),
      tables: [manifest.sourceTable],
      tableStatus: (TableName) => tableStatusOf(dynamodb.send(new DescribeTableCommand({ TableName }))),
      subscriptions: () => subscriptionsOf(region, manifest.alarmTopicArn),
      ...(config.search.kind === 'domain' ? { searchHealth: () => domainHealth(region, plan.names.domain) } : {}),
    };
  });
}

/** What can be asked before the first deployment. */
export function preflightProbes(stage: string): readonly RegionProbes[] {
  const config = stageNamed(stage);
  return config.regions.map((region) => ({
    ...accountProbes(config, region),
    bootstrapped: () => isBootstrapped(region),
  }));
}

function accountProbes(config: StageConfig, region: string): RegionProbes {
  return {
    region,
    tables: [],
    identity: async () => (await new STSClient({ region }).send(new GetCallerIdentityCommand({}))).Arn ?? 'unknown',
    concurrency: async () => {
      const { AccountLimit } = await new LambdaClient({ region }).send(new GetAccountSettingsCommand({}));
      return AccountLimit?.ConcurrentExecutions ?? 0;
    },
    ...(region === config.emailRegion ? mailProbes(config, region) : {}),
  };
}

function mailProbes(config: StageConfig, region: string): Pick<RegionProbes, 'mail' | 'sender'> {
  const ses = new SESv2Client({ region });
  const name = verifiedIdentity(config);
  return {
    mail: async () => {
      const { SendingEnabled, ProductionAccessEnabled, SendQuota } = await ses.send(new GetAccountCommand({}));
      const { Max24HourSend: perDay = 0, SentLast24Hours = 0 } = SendQuota ?? {};
      return {
        enabled: SendingEnabled === true,
        sandbox: ProductionAccessEnabled !== true,
        ...{ perDay, remaining: perDay - SentLast24Hours },
      };
    },
    sender: async () => {
      const identity = new GetEmailIdentityCommand({ EmailIdentity: name });
      const found = await ses.send(identity).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NotFoundException') return undefined;
        throw error;
      });
      return { name, verified: found?.VerifiedForSendingStatus === true };
    },
  };
}

async function subscriptionsOf(region: string, TopicArn: string) {
  const found: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client: new SNSClient({ region }) }, { TopicArn })) {
    found.push(...(page.Subscriptions ?? []));
  }
  return found.map(({ Endpoint = '', SubscriptionArn = '' }) => {
    // Until it is confirmed it has no ARN: SNS API Reference, "ListSubscriptionsByTopic".
    return { endpoint: Endpoint, confirmed: SubscriptionArn.startsWith('arn:') };
  });
}

async function domainHealth(region: string, DomainName: string) {
  const { ClusterHealth } = await new OpenSearchClient({ region }).send(
    new DescribeDomainHealthCommand({ DomainName }),
  );
  return readHealth(ClusterHealth);
}

async function isBootstrapped(region: string): Promise<boolean> {
  const version = new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' });
  try {
    await new SSMClient({ region }).send(version);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return false;
    throw error;
  }
}
