import { s3ObjectStore } from '../services/s3/client.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import type { Config } from './config.ts';
import { createS3Client } from './create-s3-client.ts';

/** @param variable the variable of the function's bucket resource, e.g. `archiveBucket.variable` */
export function connectObjects(config: Config, variable: string): ObjectStore {
  return s3ObjectStore(createS3Client({ region: config.region, requestTimeoutMs: 15_000 }), config.value(variable));
}
