import { Validations } from 'aws-cdk-lib';
import { CfnDomain, EngineVersion } from 'aws-cdk-lib/aws-opensearchservice';
import { Construct } from 'constructs';
import { keepOrRemove, type Protection } from '../protection.ts';
import type { SearchDomainConfig } from '../stage-config.ts';
import { setLogicalId } from './logical-id.ts';
import { createDomainLogs } from './search-domain-logs.ts';
import type { SearchNetwork } from './search-network.ts';

export interface SearchDomainProps {
  readonly domainName: string;
  readonly domainArn: string;
  readonly account: string;
  readonly partition: string;
  readonly config: SearchDomainConfig;
  readonly protection: Protection;
  /** The role that may map others: that of the set-up function. */
  readonly masterRoleArn: string;
  /** Absent: the domain answers to signed requests from anywhere. */
  readonly network?: SearchNetwork;
}

/** An OpenSearch domain: encrypted everywhere, TLS only, fine-grained access for roles alone. */
export class SearchDomain extends Construct {
  readonly domain: CfnDomain;
  /** `https://...` */
  readonly endpoint: string;

  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    const { config, protection, network } = props;
    const logs = createDomainLogs(this, props);
    this.domain = new CfnDomain(this, 'Domain', {
      domainName: props.domainName,
      engineVersion: EngineVersion.OPENSEARCH_2_19.version,
      clusterConfig: {
        instanceType: config.instanceType,
        instanceCount: config.dataNodes,
        zoneAwarenessEnabled: config.dataNodes > 1,
        ...(config.dataNodes > 1 ? { zoneAwarenessConfig: { availabilityZoneCount: 2 } } : {}),
        dedicatedMasterEnabled: false,
      },
      ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: config.volumeGb },
      encryptionAtRestOptions: {
        enabled: true,
        ...(protection.keyArn === undefined ? {} : { kmsKeyId: protection.keyArn }),
      },
      nodeToNodeEncryptionOptions: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
      advancedSecurityOptions: {
        enabled: true,
        internalUserDatabaseEnabled: false,
        masterUserOptions: { masterUserArn: props.masterRoleArn },
      },
      accessPolicies: accessPolicy(props),
      logPublishingOptions: logs.publishing,
      ...(network === undefined ? {} : { vpcOptions: vpcOptions(network, config) }),
    });
    setLogicalId(this.domain, 'SearchDomain');
    keepOrRemove(this.domain, protection);
    this.domain.addResourceDependency(logs.policy);
    acknowledge(this.domain, config);
    this.endpoint = `https://${this.domain.attrDomainEndpoint}`;
  }
}

/** Roles of this account, each as far as its own policy and its mapping in the domain go. */
function accessPolicy({ partition, account, domainArn }: SearchDomainProps): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost', 'es:ESHttpPut'],
        Resource: `${domainArn}/*`,
      },
    ],
  };
}

function vpcOptions({ vpc, domain }: SearchNetwork, { dataNodes }: SearchDomainConfig) {
  const subnets = vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
  return { subnetIds: dataNodes > 1 ? subnets : subnets.slice(0, 1), securityGroupIds: [domain.securityGroupId] };
}

function acknowledge(domain: CfnDomain, { network, dataNodes }: SearchDomainConfig): void {
  const reasons: Record<string, string> = {
    'AwsSolutions-OS3': 'roles sign their requests from addresses of AWS, which no list could hold',
    'AwsSolutions-OS4': 'documents can be written again from the table; a large domain would want dedicated masters',
    ...(network === 'public' && { 'AwsSolutions-OS1': 'search.network is public: every request is signed by a role' }),
    ...(dataNodes === 1 && { 'AwsSolutions-OS7': 'search.dataNodes is 1: there is no second zone to be aware of' }),
  };
  for (const [id, reason] of Object.entries(reasons)) Validations.of(domain).acknowledge({ id, reason });
}
