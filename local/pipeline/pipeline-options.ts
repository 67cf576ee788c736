import type { Observer } from '@tributary/event-source-mapping';
import type { DeliveryFaults } from '../engines/kinesis-destination/delivery-faults.ts';
import type { EngineProvider } from '../engines/provider.ts';
import type { Endpoints } from './function-environment.ts';
import type { RegionName } from './names.ts';

export interface PipelineOptions {
  /** Folder with one bundle per function, as `bundleFunctions` makes it. */
  readonly bundles: string;
  /** `fixed`: the same ports at every start where they are free; `any`: whatever is free, for runs side by side. */
  readonly ports: 'fixed' | 'any';
  /** What backs DynamoDB and OpenSearch. @default embedded */
  readonly engines?: EngineProvider;
  /** Puts something between one function and one service, such as a proxy that injects faults. */
  readonly route?: (hop: Hop) => Promise<string>;
  /** @default every change reaches Kinesis once and in order */
  readonly deliveryFaults?: DeliveryFaults;
  /** Told of every step of every mapping. */
  readonly observer?: (place: Place, activity: Parameters<Observer>[0]) => void;
  /** Told of every line that a function writes. */
  readonly onLine?: (place: Place, line: string) => void;
}

/** A function where it runs. */
export interface Place {
  readonly consumer: string;
  readonly region: RegionName;
}

/** The way from a function to a service. */
export interface Hop extends Place {
  readonly service: keyof Endpoints;
  readonly url: string;
}
