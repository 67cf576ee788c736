import { isDeepStrictEqual } from 'node:util';
import type { InvocationOutcome } from '@tributary/event-source-mapping';
import type { MetricName } from '../../shared/runtime/metrics.ts';
import type { Invoke } from '../../shared/runtime/services.ts';
import { createSesClient } from '../../shared/services/ses/client.ts';
import type { CallFault, FaultName } from '../faults/fault-names.ts';
import { type CallSite, cancelled, type ServiceName, troubleOf } from '../faults/service-errors.ts';
import { faultsOf, type Place } from '../world/place.ts';

/** What a call can be given besides its plain course. */
export interface Variants<Output> {
  /** Carries out a part of the call and answers so; for calls that can succeed in part. */
  readonly partly?: () => Promise<Output>;
}

interface Invocation {
  readonly deadlineMs: number;
  readonly end: (outcome: InvocationOutcome) => void;
}

/** How often the product's own client of the mail service makes a call of which it hears nothing. */
const mailAttempts = await createSesClient({ region: 'eu-central-1' }).config.maxAttempts();

/** Of services that are called seldom, as well. */
const serviceWeights: Readonly<Partial<Record<ServiceName, number>>> = { deadLetters: 4, notices: 4 };

/** Of consumers that make few calls, more of them have to go wrong for all of it to happen. */
const callWeights: Readonly<Record<string, number>> = {
  'usage-analytics': 8,
  archive: 3,
  'email-settler': 1.5,
  aggregates: 1.2,
};

/**
 * One execution environment of a function: one invocation at a time, warm until it is killed. Every call of a service
 * crosses {@link Environment.call}, where time passes and faults happen. What is killed never goes on: whatever it
 * awaits stays open, and of its writes under way some land afterwards.
 */
export class Environment {
  readonly #place: Place;
  readonly #timeoutMs: number;
  readonly #weight: number;
  #invocation: Invocation | undefined;
  isDead = false;
  /** Whether a fault befell this invocation. */
  isDisturbed = false;
  /** By this invocation. */
  readonly counted = new Set<MetricName>();

  constructor(place: Place, timeoutMs: number) {
    this.#place = place;
    this.#timeoutMs = timeoutMs;
    this.#weight = callWeights[place.consumer] ?? 1;
  }

  run(handler: Invoke, event: unknown, requestId: string): Promise<InvocationOutcome> {
    const { clock } = this.#place.world;
    return new Promise((resolve) => {
      const invocation = { deadlineMs: clock.nowMs() + this.#timeoutMs, end: resolve };
      this.#invocation = invocation;
      this.isDisturbed = false;
      this.counted.clear();
      const context = {
        awsRequestId: requestId,
        getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineMs - clock.nowMs()),
      };
      handler(event, context)
        .then(
          (payload) => resolve({ kind: 'returned', payload }),
          (error: Error) =>
            resolve({ kind: 'functionError', error: { errorType: error.name, errorMessage: error.message } }),
        )
        .finally(() => {
          if (this.#invocation === invocation) this.#invocation = undefined;
        });
    });
  }

  /** The product's own pauses. */
  async sleep(durationMs: number): Promise<void> {
    if (this.isDead || !(await this.#pass(durationMs))) await never();
  }

  async call<Output>(site: CallSite, apply: () => Promise<Output>, variants: Variants<Output> = {}): Promise<Output> {
    if (this.isDead) return never();
    const { world, region, consumer, random } = this.#place;
    const outage =
      world.calm || this.#place.isOperator ? undefined : world.outages.refusing({ region, consumer }, site);
    if (outage !== undefined) return this.#refuse(outage, site);
    const fault = this.#draw(site, variants);
    world.digest.add(`${world.clock.nowMs()} ${region} ${consumer} ${site.service}.${site.operation} ${fault ?? ''}`);
    if (fault !== undefined) return this.#disturb(fault, site, { apply, variants });
    const { share, maxMs } = world.profile.latency;
    if (!random.chance(share)) {
      const output = await apply();
      return this.isDead ? never() : output;
    }
    if (!(await this.#pass(random.integer(1, maxMs)))) return this.#landLate(site, apply);
    const output = await apply();
    return (await this.#pass(random.integer(0, maxMs))) ? output : never();
  }

  kill(reason: string): void {
    this.isDead = true;
    this.#invocation?.end({ kind: 'functionError', error: { errorType: 'Runtime.ExitError', errorMessage: reason } });
  }

  #draw<Output>({ isWrite, parts, service }: CallSite, { partly }: Variants<Output>): CallFault | undefined {
    const { world, random } = this.#place;
    const { callRate, callFaults } = world.profile;
    const weight = this.#weight * (serviceWeights[service] ?? 1);
    if (world.calm || callFaults.length === 0 || !random.chance(callRate * weight)) return undefined;
    const [first = 'slow', ...rest] = callFaults;
    const fault = random.pick([first, ...rest]);
    if (fault === 'conflict' && parts === undefined) return undefined;
    if (fault === 'partial' && partly === undefined) return undefined;
    // The mail client gives up long before an attempt counts as silent, and repeats a call only if it was made to.
    if (service === 'email' && (fault === 'timeout' || (fault === 'sdk-repeat' && mailAttempts === 1)))
      return undefined;
    if (!isWrite && (fault === 'late-write' || fault === 'crash-in-flight' || fault === 'sdk-repeat')) return undefined;
    return faultsOf(this.#place).fires(fault, this.#place.consumer, this.#place.region) ? fault : undefined;
  }

  /** Operators reach what functions do not. */
  #refuse(outage: FaultName, site: CallSite): never {
    const { world, consumer, random } = this.#place;
    world.faults.reaches(outage, consumer);
    this.#changed(outage);
    throw troubleOf(site, random.chance(0.5) ? 'unavailable' : 'silent');
  }

  async #disturb<Output>(
    fault: CallFault,
    site: CallSite,
    { apply, variants }: { readonly apply: () => Promise<Output>; readonly variants: Variants<Output> },
  ): Promise<Output> {
    const { random } = this.#place;
    if (fault !== 'slow' && fault !== 'sdk-repeat') this.#changed(fault);
    switch (fault) {
      case 'crash-before':
        this.kill(fault);
        return never();
      case 'crash-after':
        await apply();
        this.kill(fault);
        return never();
      case 'crash-in-flight':
        this.kill(fault);
        return this.#landLate(site, apply);
      case 'timeout':
        await this.#pass(this.#timeoutMs);
        return this.#landLate(site, apply);
      case 'slow': {
        const inTime = await this.#pass(random.integer(500, site.service === 'email' ? 4_500 : 1.5 * this.#timeoutMs));
        if (!inTime) this.#changed(fault);
        return inTime ? this.#finish(apply) : this.#landLate(site, apply);
      }
      case 'reply-lost':
        await apply();
        throw troubleOf(site, 'silent');
      case 'late-write':
        this.#land(site.service, apply);
        throw troubleOf(site, 'silent');
      case 'sdk-repeat':
        return this.#repeat(apply);
      case 'throttle':
        throw troubleOf(site, 'throttled');
      case 'unavailable':
        throw troubleOf(site, 'unavailable');
      case 'conflict':
        throw cancelled(site.parts ?? 1, 'TransactionConflict', random.integer(0, (site.parts ?? 1) - 1));
      case 'partial':
        return variants.partly?.() ?? apply();
    }
  }

  async #finish<Output>(apply: () => Promise<Output>): Promise<Output> {
    const output = await apply();
    return this.isDead ? never() : output;
  }

  /** The first answer was lost, and the client sent the same request again. */
  async #repeat<Output>(apply: () => Promise<Output>): Promise<Output> {
    const first = await apply();
    try {
      const second = await apply();
      if (!isDeepStrictEqual(first, second)) this.#changed('sdk-repeat');
      return second;
    } catch (error) {
      this.#changed('sdk-repeat');
      throw error;
    }
  }

  /** The caller is gone; a write may land or not. */
  #landLate<Output>({ isWrite, service }: CallSite, apply: () => Promise<Output>): Promise<Output> {
    if (isWrite && this.#place.random.chance(0.6)) this.#land(service, apply);
    return never();
  }

  #land(service: ServiceName, apply: () => Promise<unknown>): void {
    const { world, random } = this.#place;
    // A mail is taken within the client's timeout or not at all.
    const isSoon = service === 'email';
    const delayMs = isSoon
      ? random.integer(0, 3_000)
      : random.chance(0.7)
        ? random.integer(0, 3_000)
        : random.integer(0, 90_000);
    world.later(delayMs, async () => {
      await apply().catch(() => undefined);
    });
  }

  /** Lets time pass; false: the function's time was over before, or it was killed meanwhile. */
  async #pass(durationMs: number): Promise<boolean> {
    const { clock } = this.#place.world;
    const invocation = this.#invocation;
    const leftMs = (invocation?.deadlineMs ?? Number.POSITIVE_INFINITY) - clock.nowMs();
    if (durationMs > 0) await clock.sleep(Math.min(durationMs, leftMs));
    // An invocation that was answered meanwhile has no deadline any more, and the next one here has its own.
    if (durationMs >= leftMs && invocation === this.#invocation && !this.isDead) this.kill('timed out');
    return !this.isDead;
  }

  #changed(fault: FaultName): void {
    this.isDisturbed = true;
    faultsOf(this.#place).changes(fault, this.#place.consumer);
  }
}

function never<Value>(): Promise<Value> {
  return new Promise(() => undefined);
}
