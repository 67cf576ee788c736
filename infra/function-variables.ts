import type { FunctionDefinition, ResourceDefinition } from '../shared/runtime/consumer-definition.ts';
import { variablesOf } from '../shared/runtime/resource-variables.ts';
import { searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import type { RegionPlan } from './region-plan.ts';

export interface VariableSources {
  readonly plan: RegionPlan;
  readonly codeVersion: string;
  readonly deadLetterQueueUrl: string;
  /** `https://...`; absent in a stage without a search domain. */
  readonly searchEndpoint?: string;
}

/** Exactly the variables that the function reads; Lambda itself sets `AWS_REGION`. */
export function variablesFor(definition: FunctionDefinition, sources: VariableSources): Record<string, string> {
  const { plan, codeVersion, deadLetterQueueUrl } = sources;
  const physical = physicalNames(sources);
  return {
    TRIBUTARY_STAGE: plan.names.deployment,
    TRIBUTARY_CODE_VERSION: codeVersion,
    POWERTOOLS_SERVICE_NAME: definition.name,
    NODE_OPTIONS: '--enable-source-maps',
    DEAD_LETTER_BUCKET: plan.names.failuresBucket,
    DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
    ...Object.assign({}, ...definition.uses.map((use) => variablesOf(withPhysicalName(use, plan), physical))),
  };
}

function physicalNames({ plan, searchEndpoint = '' }: VariableSources) {
  const { config, otherRegion = plan.region } = plan;
  return {
    sourceTable: plan.sourceTable,
    replica: {
      table: plan.sourceTable,
      region: otherRegion,
      endpoint: `https://dynamodb.${otherRegion}.amazonaws.com`,
      // A global table replicates by itself.
      mode: config.replication === 'global-table' ? ('off' as const) : config.replication,
    },
    index: searchIndexFor(plan.table).index,
    searchEndpoint,
    sender: config.sender.address,
    configurationSet: plan.names.configurationSet,
    // SES publishes events as best it can: silence does not mean that nothing was sent.
    onSilence: 'park' as const,
  };
}

/** Logical names are those of a laptop. */
function withPhysicalName(resource: ResourceDefinition, { names }: RegionPlan): ResourceDefinition {
  switch (resource.kind) {
    case 'table':
      return { ...resource, name: names.table(resource.name) };
    case 'bucket':
      return { ...resource, name: names.bucket(resource.name) };
    default:
      return resource;
  }
}
