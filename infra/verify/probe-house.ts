import type { TableDefinition } from '../../shared/change/table-definition.ts';
import type {
  BucketResource,
  MappingDefinition,
  StreamConsumerDefinition,
} from '../../shared/runtime/consumer-definition.ts';
import type { House } from '../region-plan.ts';
import type { StageConfig } from '../stage-config.ts';

/** What probes were sent, and how they answered. */
export const recordings: BucketResource = {
  kind: 'bucket',
  name: 'probe-recordings',
  variable: 'PROBE_RECORDINGS',
  expiresAfterDays: 1,
  actions: ['s3:PutObject'],
};

const probeTable: TableDefinition = {
  name: 'probes',
  partitionKey: { name: 'group', type: 'S' },
  sortKey: { name: 'number', type: 'S' },
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [
    {
      name: 'probe',
      attributes: {
        group: { type: 'string', required: true },
        number: { type: 'string', required: true },
        answer: { type: 'string' },
      },
    },
  ],
};

/** As the pipeline's mappings are, but that it gives up soon. */
const mapping: MappingDefinition = {
  startingPosition: 'TRIM_HORIZON',
  batchSize: 10,
  // Long enough for what is written at once to arrive at once.
  maximumBatchingWindowS: 5,
  parallelizationFactor: 1,
  tumblingWindowS: 0,
  maximumRetryAttempts: 2,
  maximumRecordAgeS: 3600,
  bisectBatchOnFunctionError: true,
  reportBatchItemFailures: true,
  onFailure: 's3',
};

function probe(name: string, trigger: StreamConsumerDefinition['trigger']): StreamConsumerDefinition {
  return {
    name,
    summary: 'Keeps what it is sent, and answers as its records say',
    strategy: 'each',
    timeoutS: 30,
    memoryMb: 256,
    uses: [recordings],
    trigger,
  };
}

export const probeWindow = probe('probe-window', { kind: 'stream', mapping: { ...mapping, tumblingWindowS: 60 } });
export const probePlain = probe('probe-plain', { kind: 'stream', mapping });
export const probeKinesis = probe('probe-kinesis', { kind: 'kinesis', mapping });

/** A pipeline of nothing but probes. */
export const probeHouse: House = { table: probeTable, registry: [probeWindow, probePlain, probeKinesis] };

/** The smallest stage: one region, nothing that stays. Alarms go to whoever hears of those of `stage`. */
export function probeStage(stage: StageConfig, region: string): StageConfig {
  return {
    ...stage,
    stage: 'verify',
    regions: [region],
    emailRegion: region,
    replication: 'off',
    search: { kind: 'none' },
    kinesis: { mode: 'provisioned', shards: 1 },
    kinesisRetentionH: 24,
    enhancedFanOut: [],
    archive: 'off',
    removal: 'destroy',
    table: { kind: 'create' },
    keys: 'aws',
  };
}
