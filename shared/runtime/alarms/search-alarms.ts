import type { AlarmDefinition } from './alarm-definition.ts';

/** The service’s name before it was renamed is still that of its metrics. */
const opensearch = 'AWS/ES';

/**
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html
 */
export const searchAlarms = {
  'search-late': {
    per: 'emitter',
    watches: { kind: 'own', metric: 'FreshnessSearchMs', statistic: 'Maximum' },
    fires: 'above',
    threshold: 30_000,
    periodS: 60,
    points: 5,
    whenMissing: 'trouble',
    severity: 'page',
    userVisible: true,
    meaning: 'A write takes more than half a minute to become a search document, or nobody measures it.',
    action: 'Look at search-index’s iterator age and errors, then at the search domain.',
  },
  'search-bulk-rejections': {
    per: 'searchDomain',
    watches: { kind: 'growth', namespace: opensearch, metric: 'ThreadpoolWriteRejected', statistic: 'Sum' },
    fires: 'atLeast',
    threshold: 1,
    periodS: 300,
    points: 3,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'OpenSearch refuses writes because its queue is full; they are repeated.',
    action: 'Look at CPU and slow queries; give the domain larger or more nodes.',
  },
  'search-red': {
    per: 'searchDomain',
    watches: { kind: 'aws', namespace: opensearch, metric: 'ClusterStatus.red', statistic: 'Maximum' },
    fires: 'atLeast',
    threshold: 1,
    periodS: 60,
    points: 1,
    whenMissing: 'fine',
    severity: 'page',
    userVisible: true,
    meaning: 'A part of the search index is on no node: searches are incomplete, writes to it wait.',
    action: 'Look at disk space and nodes; an index that is gone is filled again from the table.',
  },
  'search-disk': {
    per: 'searchDomain',
    watches: { kind: 'aws', namespace: opensearch, metric: 'FreeStorageSpace', statistic: 'Minimum' },
    fires: 'atMost',
    threshold: { partOfVolume: 0.25 },
    periodS: 60,
    points: 1,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'A data node has less than a quarter of its disk left; below a fifth OpenSearch refuses writes.',
    action: 'Raise volumeGb in the configuration and deploy.',
  },
  'search-jvm': {
    per: 'searchDomain',
    watches: { kind: 'aws', namespace: opensearch, metric: 'JVMMemoryPressure', statistic: 'Maximum' },
    fires: 'atLeast',
    threshold: 95,
    periodS: 60,
    points: 3,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'A node of the search domain is short of heap: beyond this it blocks writes.',
    action: 'Look for heavy queries; give the domain a larger instance type.',
  },
  'search-writes-blocked': {
    per: 'searchDomain',
    watches: { kind: 'aws', namespace: opensearch, metric: 'ClusterIndexWritesBlocked', statistic: 'Maximum' },
    fires: 'atLeast',
    threshold: 1,
    periodS: 300,
    points: 1,
    whenMissing: 'fine',
    severity: 'page',
    meaning: 'OpenSearch takes no writes, mostly for lack of disk or heap.',
    action: 'Free or add disk; the consumer catches up by itself once writes are taken again.',
  },
} as const satisfies Record<string, AlarmDefinition>;
