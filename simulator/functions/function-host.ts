import type { InvocationOutcome, MappingEvent } from '@tributary/event-source-mapping';
import type { MetricName } from '../../shared/runtime/metrics.ts';
import type { Connections, Invoke, Services } from '../../shared/runtime/services.ts';
import type { FaultCounter } from '../faults/fault-book.ts';
import type { Place } from '../world/place.ts';
import type { RegionServices } from '../world/region.ts';
import { Environment } from './environment.ts';
import { simulatedServices } from './simulated-services.ts';

export type CreateHandler = (services: Services<keyof Connections>) => Invoke;

export interface HostOptions {
  readonly place: Place;
  readonly here: RegionServices;
  readonly there: RegionServices;
  readonly create: CreateHandler;
  readonly timeoutMs: number;
}

export interface Invoked {
  readonly outcome: InvocationOutcome;
  /** What the function counted, unless a fault befell it: then what is in its records was not the reason. */
  readonly counted: ReadonlySet<MetricName>;
}

interface WarmEnvironment {
  readonly environment: Environment;
  readonly handler: Invoke;
  readonly version: number;
}

const nothing: ReadonlySet<MetricName> = new Set();

/** Runs a function as Lambda does: warm environments are used again, killed ones and those of old code are not. */
export class FunctionHost {
  readonly #options: HostOptions;
  #idle: WarmEnvironment[] = [];
  #version = 1;
  #requests = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** New code: what is under way ends with the old one. */
  deploy(): void {
    this.#version += 1;
    this.#idle = [];
  }

  async invoke(event: MappingEvent | object): Promise<Invoked> {
    const { world, random, region, consumer } = this.#options.place;
    const { rate, faults } = world.profile;
    const strikes = (name: 'not-delivered' | 'answer-lost', counter: FaultCounter = world.faults) =>
      !world.calm && faults.has(name) && random.chance(rate / 2) && counter.fires(name, consumer, region);
    if (strikes('not-delivered')) {
      world.faults.changes('not-delivered', consumer);
      return { outcome: { kind: 'notDelivered', reason: 'Rate exceeded' }, counted: nothing };
    }
    // One can die while it is idle, of what an invocation left behind.
    this.#idle = this.#idle.filter(({ environment }) => !environment.isDead);
    const warm = this.#idle.pop() ?? this.#start();
    this.#requests += 1;
    const outcome = await warm.environment.run(warm.handler, event, `${region}-${consumer}-${this.#requests}`);
    if (!warm.environment.isDead && warm.version === this.#version) this.#idle.push(warm);
    const isCutOff = !world.calm && world.outages.losesAnswers({ region, consumer });
    // Of a scheduled run nobody reads the answer.
    const counter = 'Records' in event ? world.faults : world.faults.uncounted;
    if (outcome.kind === 'returned' && (isCutOff || strikes('answer-lost', counter))) {
      if (isCutOff) world.faults.diverts('answers-lost', consumer);
      else counter.changes('answer-lost', consumer);
      const error = { errorType: 'Runtime.ExitError', errorMessage: 'after its work' };
      return { outcome: { kind: 'functionError', error }, counted: nothing };
    }
    return { outcome, counted: warm.environment.isDisturbed ? nothing : warm.environment.counted };
  }

  #start(): WarmEnvironment {
    const { place, here, there, create, timeoutMs } = this.#options;
    const version = this.#version;
    const environment = new Environment(place, timeoutMs);
    const onMetric = (name: MetricName, value: number) => {
      if (value > 0) environment.counted.add(name);
    };
    const codeVersion = `simulation-${version}`;
    const handler = create(simulatedServices({ place, environment, here, there, onMetric, codeVersion }));
    return { environment, handler, version };
  }
}
