import { join } from 'node:path';
import type { Observer } from '@tributary/event-source-mapping';
import type { DeliveryFaults } from '../engines/kinesis-destination/delivery-faults.ts';
import type { EngineProvider } from '../engines/provider.ts';
import type { Endpoints } from './function-environment.ts';
import type { RegionName } from './names.ts';

export interface PipelineOptions extends WorkOptions {
  /** `fixed`: the same ports at every start where they are free; `any`: whatever is free, for runs side by side. */
  readonly ports: 'fixed' | 'any';
  /** What backs DynamoDB and OpenSearch. @default embedded */
  readonly engines?: EngineProvider;
}

/** Of what works on the engines. */
export interface WorkOptions {
  /** Folder with one bundle per function, as `bundleFunctions` makes it. */
  readonly bundles: string;
  /**
   * Where the positions of mappings and Kinesis destinations survive this process, a file each by `positionFileOf`.
   * @default they end with it
   */
  readonly positions?: string;
  /** Awaited before every scheduled invocation. */
  readonly beforeSchedule?: () => Promise<void>;
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

/** @param consumer or `kinesisDestination` */
export function positionFileOf(folder: string, { region, consumer }: Place): string {
  return join(folder, region, `${consumer}.json`);
}

/** In the place of a consumer's name. */
export const kinesisDestination = 'kinesis-destination';
