import type { Engine } from '../engines/engine.ts';
import type { Pipeline } from './start-pipeline.ts';

/** One row of the banner: a service, where it is, and what backs it. */
export interface ServiceRow {
  readonly service: string;
  /** Empty for what serves all regions. */
  readonly region: string;
  readonly backedBy: string;
  readonly url: string;
}

export function servicesOf({ engines, regions }: Pipeline): readonly ServiceRow[] {
  const row = ({ service, backedBy, url }: Engine, region: string): ServiceRow => ({ service, region, backedBy, url });
  const regional = regions.flatMap(({ name, engines: own }) =>
    [own.dynamodb, own.opensearch, own.s3, own.sqs].map((engine) => row(engine, name)),
  );
  return [...regional, row(engines.kinesis, ''), row(engines.ses, '')];
}
