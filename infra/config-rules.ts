import { namesOf } from './names.ts';
import type { House } from './region-plan.ts';
import type { StageConfig } from './stage-config.ts';

/** A field, whether its value can be deployed, and what to write where it cannot. */
export type Rule = readonly [field: string, isFine: boolean, say: string];

const word = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const regionName = /^[a-z]{2}(-[a-z]+)+-\d$/;
const emailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/**
 * The bounds that names grow into.
 *
 * @see Amazon OpenSearch Service API Reference, "CreateDomain"; Amazon S3 User Guide, "Bucket naming rules"; IAM User
 *   Guide, "IAM and STS quotas"
 */
export function naming(config: StageConfig, { registry }: House): readonly Rule[] {
  const { name, stage, regions } = config;
  const both = name.length + stage.length;
  const region = regions.toSorted((one, other) => other.length - one.length)[0] ?? '';
  const names = namesOf(config, { region, account: '0'.repeat(12), partition: 'aws' });
  const buckets = registry.flatMap(({ uses }) => uses.filter((use) => use.kind === 'bucket'));
  const allBuckets = [...buckets.map((use) => names.bucket(use.name)), names.failuresBucket, names.accessLogsBucket];
  const roles = registry.map((consumer) => names.role(consumer.name));
  const longer = (texts: readonly string[], max: number) => texts.filter((text) => text.length > max);
  const form = 'write lower-case letters, digits and single hyphens, beginning with a letter';
  const shorten = (service: string, max: number, texts: readonly string[]) =>
    `shorten name or stage: ${service} allows ${max} characters, too few for ${longer(texts, max).join(', ')}`;
  return [
    ['name', word.test(name), form],
    ['stage', word.test(stage), form],
    ['name', both <= 27, `shorten name or stage: a search domain allows 27 characters for both, these have ${both}`],
    ['name', longer(allBuckets, 63).length === 0, shorten('S3', 63, allBuckets)],
    ['name', longer(roles, 64).length === 0, shorten('IAM', 64, roles)],
  ];
}

export function places({ regions, replication, emailRegion }: StageConfig): readonly Rule[] {
  const modes = ['one-way', 'active-active', 'global-table', 'off'];
  return [
    ['regions', isWhole(regions.length, 1, 2), 'write one region or two'],
    ['regions', regions.every((region) => regionName.test(region)), 'write regions by name, such as eu-west-1'],
    ['regions', new Set(regions).size === regions.length, 'write two different regions'],
    ['emailRegion', regions.includes(emailRegion), `write one of regions: ${regions.join(', ')}`],
    ['replication', modes.includes(replication), `write ${modes.join(', ')}`],
    ['replication', regions.length === 2 || replication === 'off', 'write off, or two regions'],
  ];
}

export function mail({ alarmAddress, runbookUrl, sender }: StageConfig): readonly Rule[] {
  return [
    ['alarmAddress', emailAddress.test(alarmAddress), 'write the email address that is to hear of alarms'],
    ['runbookUrl', /^\S+$/.test(runbookUrl), 'write the address where your people read docs/operate.md'],
    ['sender.address', emailAddress.test(sender.address), 'write the email address that users are welcomed from'],
    [
      'sender.identity',
      ['existing', 'create'].includes(sender.identity),
      'write existing when SES has verified it in emailRegion, else create',
    ],
    [
      'sender.verifies',
      ['domain', 'address'].includes(sender.verifies),
      'write domain or address: what SES has verified, or is to verify',
    ],
  ];
}

/** @see Kinesis Data Streams Developer Guide, "Quotas and limits" */
export function kinesis(config: StageConfig, { registry }: House): readonly Rule[] {
  const { kinesis: capacity, kinesisRetentionH, enhancedFanOut } = config;
  const readers = registry.filter(({ trigger }) => trigger.kind === 'kinesis').map(({ name }) => name);
  const unknown = enhancedFanOut.filter((name) => !readers.includes(name));
  return [
    ['kinesis.mode', ['onDemand', 'provisioned'].includes(capacity.mode), 'write onDemand or provisioned'],
    [
      'kinesis.shards',
      capacity.mode !== 'provisioned' || isWhole(capacity.shards, 1, 10_000),
      'write 1 to 10,000 shards, each taking 1 MB or 1,000 changes a second',
    ],
    ['kinesisRetentionH', isWhole(kinesisRetentionH, 24, 8_760), 'write 24 to 8,760 hours'],
    [
      'enhancedFanOut',
      unknown.length === 0,
      `write names of consumers that read Kinesis (${readers.join(', ')}), which ${unknown.join(', ')} is not`,
    ],
    ['enhancedFanOut', new Set(enhancedFanOut).size === enhancedFanOut.length, 'write each consumer once'],
    ['archive', isArchive(config.archive), "write 'off', or expiresAfterDays of 1 to 36,500"],
  ];
}

function isArchive(archive: StageConfig['archive']): boolean {
  return archive === 'off' || isWhole(archive.expiresAfterDays, 1, 36_500);
}

/** @see Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain" and "EBS volume size quotas" */
export function search({ search: domain }: StageConfig): readonly Rule[] {
  if (domain.kind === 'none') return [];
  const { kind, network, instanceType, dataNodes, volumeGb } = domain;
  return [
    ['search.kind', kind === 'domain', 'write domain or none'],
    ['search.network', ['vpc', 'public'].includes(network), 'write vpc or public'],
    [
      'search.instanceType',
      /^[a-z0-9]+\.[a-z0-9]+\.search$/.test(instanceType),
      'write a type for domains, such as r7g.large.search',
    ],
    [
      'search.dataNodes',
      dataNodes === 1 || (isWhole(dataNodes, 2, 80) && dataNodes % 2 === 0),
      'write 1, or an even number up to 80: nodes are spread over two availability zones',
    ],
    ['search.volumeGb', isWhole(volumeGb, 10, 3_072), 'write 10 to 3,072 GB for each data node'],
  ];
}

export function removal({ stage, removal: policy }: StageConfig): readonly Rule[] {
  return [
    ['removal', ['retain', 'destroy'].includes(policy), 'write retain or destroy'],
    [
      'removal',
      policy === 'retain' || !/^prod/.test(stage),
      `write retain: ${stage} keeps its data when a stack is deleted`,
    ],
  ];
}

export function imports({ table, regions }: StageConfig): readonly Rule[] {
  if (table.kind === 'create') return [];
  const { kind, name, streamArnByRegion } = table;
  const streams = regions.map((region): Rule => {
    const parts = (streamArnByRegion[region] ?? '').split(/[:/]/);
    const [arn, , service, where, , resource, tableName, stream, label] = parts;
    const isStream = arn === 'arn' && service === 'dynamodb' && resource === 'table' && stream === 'stream';
    return [
      `table.streamArnByRegion["${region}"]`,
      isStream && where === region && tableName === name && label !== undefined && label !== '',
      `write the ARN of the stream of ${name} in ${region}, which describe-table calls LatestStreamArn`,
    ];
  });
  return [
    ['table.kind', kind === 'import', 'write create or import'],
    ['table.name', /^[a-zA-Z0-9_.-]{3,255}$/.test(name), 'write the name of the table that exists'],
    ...streams,
  ];
}

export function keys({ keys: choice, regions }: StageConfig): readonly Rule[] {
  if (choice === 'aws') return [];
  return regions.map((region): Rule => {
    const arn = choice.arnByRegion[region] ?? '';
    return [
      `keys.arnByRegion["${region}"]`,
      new RegExp(`^arn:aws[a-z-]*:kms:${region}:\\d{12}:key/[\\w-]+$`).test(arn),
      `write the ARN of a customer key in ${region} (an ARN, no alias), or keys: 'aws' for those of AWS`,
    ];
  });
}
