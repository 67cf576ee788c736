import type { NamedConfig } from './names.ts';
import type { RegionPlan } from './region-plan.ts';

/** What a deployed region is made of: its stack writes it, `tributary COMMAND --stage NAME` reads it. */
export interface Manifest {
  /** Grows with every change that an older reader would misread. */
  readonly format: 1;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly sourceTable: string;
  /** Physical names by logical ones. */
  readonly tables: Readonly<Record<string, string>>;
  readonly buckets: Readonly<Record<string, string>>;
  readonly failuresBucket: string;
  readonly kinesisStream: string;
  readonly deadLetterQueueUrl: string;
  readonly alarmTopicArn: string;
  /** The function that carries requests to the search domain; absent in a stage without search. */
  readonly operatorFunction?: string;
}

/** What only a deployment knows, and CloudFormation puts in. */
export interface Deployed {
  readonly account: string;
  readonly partition: string;
  readonly deadLetterQueueUrl: string;
}

/** The name of the parameter in each region's Systems Manager. */
export function manifestParameter({ name, stage }: Pick<NamedConfig, 'name' | 'stage'>): string {
  return `/${name}/${stage}/manifest`;
}

export function manifestOf(plan: RegionPlan, deployed: Deployed): Manifest {
  const { names, config, region, tables, buckets, sourceTable } = plan;
  const { account, partition, deadLetterQueueUrl } = deployed;
  return {
    format: 1,
    ...{ stage: config.stage, region, account, partition, sourceTable, deadLetterQueueUrl },
    tables: Object.fromEntries(tables.map(({ name }) => [name, names.table(name)])),
    buckets: Object.fromEntries(buckets.map(({ name }) => [name, names.bucket(name)])),
    failuresBucket: names.failuresBucket,
    kinesisStream: names.kinesisStream,
    alarmTopicArn: names.topicArn(names.alarmTopic),
    ...(hasOperatorFunction(plan) ? { operatorFunction: names.function(operatorFunction.name) } : {}),
  };
}

/** Carries requests of operators to the search domain, which knows the roles of functions alone. */
export const operatorFunction = {
  name: 'operator',
  summary: 'Carries what operators ask to the search domain',
  timeoutS: 60,
  memoryMb: 512,
} as const;

/**
 * What its requests may do in the domain, by the names of OpenSearch's security plugin: everything with the table's
 * indices, for a reindex makes one; nothing with any other.
 *
 * @see https://docs.opensearch.org/latest/security/access-control/default-action-groups/
 */
export const operatorPermissions = {
  cluster: ['indices:data/read/mget', 'indices:data/write/bulk'],
  index: ['indices_all'],
} as const;

export function hasOperatorFunction({ config: { search } }: Pick<RegionPlan, 'config'>): boolean {
  return search.kind === 'domain';
}
