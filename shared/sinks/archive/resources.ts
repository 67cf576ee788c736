import type { BucketResource } from '../../runtime/consumer-definition.ts';

/** All but how long it keeps what it holds, which the consumer's definition says. */
export const archiveBucket = {
  kind: 'bucket',
  name: 'tributary-archive',
  variable: 'ARCHIVE_BUCKET',
  actions: ['s3:PutObject'],
} as const satisfies Omit<BucketResource, 'expiresAfterDays'>;
