/** Everything that one deployment decides: `config.ts` holds the values, `validate-config.ts` the rules. */
export interface StageConfig {
  /** First part of every physical name. Changing it makes everything anew, without the data. */
  readonly name: string;
  /** Second part of every physical name. Changing it makes everything anew, without the data. */
  readonly stage: string;
  /** One region, or two that are kept alike. The first is the home of what exists once. */
  readonly regions: readonly string[];
  /** The email address that alarms go to; SNS asks it for confirmation after the first deployment. */
  readonly alarmAddress: string;
  /** Where `docs/operate.md` can be read: each alarm's description links to its section. */
  readonly runbookUrl: string;
  /** Where new users are welcomed, whichever region they sign up in: one of `regions`. */
  readonly emailRegion: string;
  readonly sender: SenderConfig;
  /**
   * How the tables of two regions are kept alike; `off` with one region.
   *
   * `global-table` must be chosen at the first deployment: CloudFormation cannot turn its table type into the other
   * without making it anew, and DynamoDB adds a replica only with a copy of the data. See AWS CloudFormation Template
   * Reference, "AWS::DynamoDB::GlobalTable".
   */
  readonly replication: 'one-way' | 'active-active' | 'global-table' | 'off';
  /** `none`: consumers that write to a search index are not deployed. */
  readonly search: SearchConfig;
  readonly kinesis: { readonly mode: 'onDemand' } | { readonly mode: 'provisioned'; readonly shards: number };
  /**
   * 24 to 8,760 hours: how long a consumer may be paused before changes are lost to it, and how far back they can be
   * taken again. What a consumer that fails does not take is put aside long before.
   */
  readonly kinesisRetentionH: number;
  /**
   * Kinesis consumers with read throughput of their own (faster, and paid for); the others share five reads a second
   * of each shard. Changing one makes its mapping anew, from the oldest record.
   */
  readonly enhancedFanOut: readonly string[];
  /** `off`: the archive consumer is not deployed. */
  readonly archive: 'off' | { readonly expiresAfterDays: number };
  /** What becomes of data when a stack goes, or a resource leaves it. A stage whose name begins with prod retains. */
  readonly removal: 'retain' | 'destroy';
  /** The source table: made here, or one that exists and stays its owner's. */
  readonly table: { readonly kind: 'create' } | ImportedTableConfig;
  /**
   * Keys of AWS, or a customer key in each region. The key's policy has to let the services use it that keep or carry
   * data: DynamoDB, Kinesis, S3, SQS, SNS, SES, CloudWatch (alarms and logs), Lambda and OpenSearch.
   */
  readonly keys: 'aws' | { readonly arnByRegion: Readonly<Record<string, string>> };
}

export interface SenderConfig {
  /** The address that mails are sent from. */
  readonly address: string;
  /** `existing`: verified in `emailRegion` already. `create`: made here; its owner has to confirm it. */
  readonly identity: 'existing' | 'create';
  /** What SES verifies: the address's domain or the address alone. */
  readonly verifies: 'domain' | 'address';
}

export type SearchConfig = { readonly kind: 'none' } | SearchDomainConfig;

export interface SearchDomainConfig {
  readonly kind: 'domain';
  /**
   * `vpc`: in a VPC of its own without a way out, with only the functions that touch it. `public`: signed requests
   * reach it from anywhere. Changing it makes the domain anew.
   */
  readonly network: 'vpc' | 'public';
  /** Such as `r7g.large.search`. */
  readonly instanceType: string;
  /** One, or an even number spread over two availability zones. */
  readonly dataNodes: number;
  /** Of each data node. */
  readonly volumeGb: number;
}

export interface ImportedTableConfig {
  readonly kind: 'import';
  /** In every region. */
  readonly name: string;
  /** ARN of the table's stream (new and old images) in each region, with its label. */
  readonly streamArnByRegion: Readonly<Record<string, string>>;
}
