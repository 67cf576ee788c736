/** What the runner and the process that kills it say to each other. */
import type { Place } from '../pipeline/pipeline-options.ts';
import type { RegionPlace } from '../pipeline/region.ts';
import type { CreatedResources } from '../pipeline/resources.ts';

/** All that a runner needs to know; the same at every start. */
export interface RunnerPlan {
  readonly bundles: string;
  /** Folder of the positions, which is all that a runner leaves behind. */
  readonly positions: string;
  readonly regions: readonly (RegionPlace & { readonly resources: CreatedResources })[];
  /** The way from a function to a service, by `hopName`, where it is not the engine's own address. */
  readonly routes: Readonly<Record<string, string>>;
}

export type ToRunner =
  | { readonly kind: 'start'; readonly plan: RunnerPlan }
  | { readonly kind: 'emailEvent'; readonly id: number; readonly event: unknown }
  | { readonly kind: 'killWorker'; readonly id: number; readonly place: Place }
  /** To `eventsArrived?`: every event that SES has sent is with its function. */
  | { readonly kind: 'eventsArrived'; readonly id: number };

export type FromRunner =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'emailEvent'; readonly id: number; readonly done: boolean }
  | { readonly kind: 'killWorker'; readonly id: number; readonly done: boolean }
  | { readonly kind: 'eventsArrived?'; readonly id: number };

export function hopName({ consumer, region, service }: Place & { readonly service: string }): string {
  return `${consumer} in ${region} to ${service}`;
}
