import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Protection, removalPolicyOf } from '../protection.ts';

const kinds = {
  SEARCH_SLOW_LOGS: 'search-slow',
  INDEX_SLOW_LOGS: 'index-slow',
  ES_APPLICATION_LOGS: 'application',
} as const;

export interface DomainLogs {
  /** The domain is refused its logs until it is there. */
  readonly policy: CfnResourcePolicy;
  readonly publishing: Record<string, { enabled: boolean; cloudWatchLogsLogGroupArn: string }>;
}

/**
 * What the domain says of slow requests and of itself. Slow logs hold requests, and with them documents: they stay
 * silent until a threshold is set on an index.
 *
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html
 */
export function createDomainLogs(
  scope: Construct,
  options: { domainName: string; domainArn: string; account: string; protection: Protection },
): DomainLogs {
  const { domainName, domainArn, account, protection } = options;
  const key = protection.keyArn === undefined ? {} : { encryptionKey: Key.fromKeyArn(scope, 'Key', protection.keyArn) };
  const groups = Object.entries(kinds).map(([kind, name]) => {
    const group = new LogGroup(scope, `Logs-${name}`, {
      logGroupName: `/aws/opensearch/${domainName}/${name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicyOf(protection),
      ...key,
    });
    return [kind, group] as const;
  });
  const policy = new CfnResourcePolicy(scope, 'LogsPolicy', {
    policyName: `${domainName}-search-logs`,
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'es.amazonaws.com' },
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: groups.map(([, { logGroupArn }]) => logGroupArn),
          Condition: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': domainArn } },
        },
      ],
    }),
  });
  const publishing = groups.map(([kind, group]) => {
    return [kind, { enabled: true, cloudWatchLogsLogGroupArn: group.logGroupArn }] as const;
  });
  return { policy, publishing: Object.fromEntries(publishing) };
}
