import type { Clock } from '../clock.ts';
import type { MappingSettings } from '../mapping-settings.ts';
import type { RunningMapping } from '../start-mapping.ts';
import type { MappingStatus } from '../status.ts';
import { describeMapping, type MappingDescription, type MappingState } from './mapping-description.ts';
import { MappingServiceError } from './service-error.ts';

/** One mapping of a service: what it is, and on the way to what. */
export class ManagedMapping {
  settings: MappingSettings;
  #state: MappingState = 'Creating';
  #reason = 'User action';
  #lastModifiedMs: number;
  #run: RunningMapping | undefined;
  #ended = false;
  readonly #clock: Clock;
  readonly #transitionMs: number;
  readonly #stop = new AbortController();

  constructor(settings: MappingSettings, { clock, transitionMs }: { clock: Clock; transitionMs: number }) {
    this.settings = settings;
    this.#clock = clock;
    this.#transitionMs = transitionMs;
    this.#lastModifiedMs = clock.nowMs();
  }

  describe(): MappingDescription {
    const lastResult = this.status()?.lastProcessingResult ?? 'No records processed';
    const { settings } = this;
    return describeMapping(settings, {
      ...{ state: this.#state, reason: this.#reason },
      ...{ lastResult, lastModifiedMs: this.#lastModifiedMs },
    });
  }

  /** Undefined until the mapping was first enabled or found disabled. */
  status(): MappingStatus | undefined {
    return this.#run?.status();
  }

  /** @throws {MappingServiceError} while an earlier change has not come into effect. */
  refuseWhileChanging(action: 'update' | 'delete'): void {
    if (this.#state === 'Enabled' || this.#state === 'Disabled') return;
    const reason = `It is ${this.#state}: try again once it is Enabled or Disabled.`;
    const message = `Cannot ${action} the event source mapping because it is in use.`;
    throw new MappingServiceError('ResourceInUseException', message, reason);
  }

  /** Comes into effect later; the state says so until then. */
  change(by: MappingState, work: (run: RunningMapping | undefined) => Promise<RunningMapping | undefined>): void {
    this.#state = by;
    this.#lastModifiedMs = this.#clock.nowMs();
    void this.#changed(work);
  }

  async #changed(work: (run: RunningMapping | undefined) => Promise<RunningMapping | undefined>): Promise<void> {
    await this.#clock.sleep(this.#transitionMs, this.#stop.signal);
    if (this.#ended) return;
    try {
      this.#run = await work(this.#run);
      this.#state = (this.settings.Enabled ?? true) ? 'Enabled' : 'Disabled';
      this.#run?.ended.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#state = 'Disabled';
    this.#reason = error instanceof Error ? error.message : String(error);
  }

  async stop(): Promise<void> {
    this.#ended = true;
    this.#stop.abort();
    await this.#run?.stop();
  }
}
