import { Tags, Validations } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** Where the search domain is, and who may reach it there. */
export interface SearchNetwork {
  readonly vpc: IVpc;
  readonly domain: ISecurityGroup;
  readonly functions: ISecurityGroup;
}

/**
 * A VPC without a way out for the search domain and the functions that touch it. What else these functions use is
 * reached through endpoints: DynamoDB and S3 (no charge), and SQS for the notices of dead letters.
 */
export class PrivateSearchNetwork extends Construct implements SearchNetwork {
  readonly vpc: IVpc;
  readonly domain: SecurityGroup;
  readonly functions: SecurityGroup;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.83.0.0/22'),
      // By number, so that no zone has to be looked up.
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'search', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    Tags.of(vpc).add('Name', name);
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'nothing leads out of it; who reaches the domain is in the domain’s own logs and in security groups',
    });
    // CDK's classes are not made for exact optional properties.
    this.vpc = vpc as IVpc;
    this.domain = this.group('Domain', 'The search domain');
    this.functions = this.group('Functions', 'The functions that touch the search domain');
    const endpoint = this.group('Endpoint', 'The way to SQS');
    for (const group of [this.domain, endpoint]) {
      group.addIngressRule(this.functions, Port.tcp(443), 'HTTPS from the functions');
    }
    vpc.addInterfaceEndpoint('Sqs', {
      service: InterfaceVpcEndpointAwsService.SQS,
      securityGroups: [endpoint],
      open: false,
    });
    this.functions.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'HTTPS to the domain and the endpoints');
  }

  private group(id: string, description: string): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }
}
