import type { Clock } from '../clock.ts';
import type { Invoke } from '../invocation.ts';
import { checkMapping, functionArn, InvalidMappingError } from '../mapping-config.ts';
import type { MappingSettings } from '../mapping-settings.ts';
import type { ObservedActivity } from '../observer.ts';
import { memoryPositions } from '../positions/memory-positions.ts';
import type { PositionStore } from '../positions/position-store.ts';
import type { Deliver } from '../session.ts';
import type { Source } from '../source.ts';
import { type RunningMapping, startMapping } from '../start-mapping.ts';
import type { MappingStatus } from '../status.ts';
import { streamKind } from '../stream-kind.ts';
import { type Tuning, withDefaults } from '../tuning.ts';
import { uuidFrom } from '../uuid.ts';
import { ManagedMapping } from './managed-mapping.ts';
import type { MappingDescription } from './mapping-description.ts';
import { MappingServiceError } from './service-error.ts';

export interface MappingServiceOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** The stream of an ARN, as long as there is one. */
  source(eventSourceArn: string): Source | undefined;
  /** The function of an ARN, as long as there is one; asked before every invocation. */
  invoke(functionArn: string): Invoke | undefined;
  readonly deliver: Deliver;
  /** @default in memory */
  positions?(uuid: string): PositionStore;
  readonly observer?: (uuid: string, activity: ObservedActivity) => void;
  readonly tuning?: Tuning;
}

export type CreateMapping = Omit<MappingSettings, 'UUID'>;
/** The stream and the starting position stay. */
export type UpdateMapping = Partial<
  Omit<CreateMapping, 'EventSourceArn' | 'StartingPosition' | 'StartingPositionTimestamp'>
>;

/**
 * Mappings by the calls of Lambda's API. Every change is checked at once and comes into effect later, when its state
 * settles; every call throws {@link MappingServiceError} where Lambda would.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export class MappingService {
  readonly #options: MappingServiceOptions;
  readonly #mappings = new Map<string, ManagedMapping>();

  constructor(options: MappingServiceOptions) {
    this.#options = options;
  }

  create(request: CreateMapping): MappingDescription {
    const settings: MappingSettings = { ...request, UUID: uuidFrom(this.#options.random) };
    this.#check(settings);
    const { EventSourceArn: arn } = settings;
    const source = this.#options.source(arn);
    if (!source) throw new MappingServiceError('InvalidParameterValueException', `Stream not found: ${arn}`);
    this.#refuseMissingFunction(settings);
    this.#refuseTwin(settings);
    const { clock } = this.#options;
    const { transitionMs } = withDefaults(this.#options.tuning ?? {}, streamKind(arn));
    const mapping = new ManagedMapping(settings, { clock, transitionMs });
    this.#mappings.set(settings.UUID, mapping);
    mapping.change('Creating', () => this.#start(mapping, source));
    return mapping.describe();
  }

  update(uuid: string, request: UpdateMapping): MappingDescription {
    const mapping = this.#find(uuid);
    const { settings: before } = mapping;
    const fixed = ['EventSourceArn', 'StartingPosition', 'StartingPositionTimestamp', 'UUID'];
    const changed = Object.keys(request).filter((field) => fixed.includes(field));
    if (changed.length > 0) {
      const message = `${changed.join(', ')} cannot be changed: create another mapping.`;
      throw new MappingServiceError('InvalidParameterValueException', message);
    }
    const settings = { ...before, ...request };
    this.#check(settings);
    this.#refuseMissingFunction(settings);
    mapping.refuseWhileChanging('update');
    const enabled = settings.Enabled ?? true;
    const state = enabled ? 'Enabling' : 'Disabling';
    mapping.settings = settings;
    mapping.change(enabled === (before.Enabled ?? true) ? 'Updating' : state, async (run) => {
      await run?.update(settings);
      return run;
    });
    return mapping.describe();
  }

  /** The mapping ends as disabling would end it; its positions are of no more use. */
  delete(uuid: string): MappingDescription {
    const mapping = this.#find(uuid);
    mapping.refuseWhileChanging('delete');
    mapping.change('Deleting', async (run) => {
      await run?.pause();
      await mapping.stop();
      this.#mappings.delete(uuid);
      return run;
    });
    return mapping.describe();
  }

  get(uuid: string): MappingDescription {
    return this.#find(uuid).describe();
  }

  /** In the order of creation. */
  list(of: { readonly EventSourceArn?: string; readonly FunctionName?: string } = {}): readonly MappingDescription[] {
    return [...this.#mappings.values()]
      .filter(({ settings }) => (of.EventSourceArn ?? settings.EventSourceArn) === settings.EventSourceArn)
      .filter(({ settings }) => {
        const name = of.FunctionName ?? settings.FunctionName;
        return functionArn({ ...settings, FunctionName: name }) === functionArn(settings);
      })
      .map((mapping) => mapping.describe());
  }

  /** Shards, positions and metrics; undefined until creating has come into effect. */
  status(uuid: string): MappingStatus | undefined {
    return this.#find(uuid).status();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#mappings.values()].map((mapping) => mapping.stop()));
  }

  #start({ settings }: ManagedMapping, source: Source): Promise<RunningMapping> {
    const { clock, random, deliver, observer, tuning, positions } = this.#options;
    const { UUID: uuid } = settings;
    return startMapping({
      mapping: settings,
      ...{ source, clock, random, deliver },
      positions: positions?.(uuid) ?? memoryPositions(),
      invoke: (event, context) => {
        const arn = functionArn(this.#mappings.get(uuid)?.settings ?? settings);
        const invoke = this.#options.invoke(arn);
        if (invoke) return invoke(event, context);
        // A function that was deleted leaves its mappings as they are: Lambda goes on trying.
        return Promise.resolve({ kind: 'notDelivered', reason: `ResourceNotFoundException: ${arn}` });
      },
      ...(observer ? { observer: (activity: ObservedActivity) => observer(uuid, activity) } : {}),
      ...(tuning ? { tuning } : {}),
    });
  }

  #find(uuid: string): ManagedMapping {
    const mapping = this.#mappings.get(uuid);
    if (mapping) return mapping;
    const reason = `There is no mapping ${uuid}.`;
    throw new MappingServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', reason);
  }

  #check(settings: MappingSettings): void {
    try {
      checkMapping(settings, this.#options.clock.nowMs(), this.#options.tuning?.filters);
    } catch (error) {
      if (!(error instanceof InvalidMappingError)) throw error;
      throw new MappingServiceError(error.awsName, error.awsMessage, error.message);
    }
  }

  #refuseMissingFunction(settings: MappingSettings): void {
    const arn = functionArn(settings);
    if (this.#options.invoke(arn)) return;
    throw new MappingServiceError('InvalidParameterValueException', `Function not found: ${arn}`);
  }

  #refuseTwin(settings: MappingSettings): void {
    const { EventSourceArn, FunctionName } = settings;
    const [twin] = this.list({ EventSourceArn, FunctionName });
    if (!twin) return;
    const what = `The event source arn (" ${EventSourceArn} ") and function (" ${FunctionName} ")`;
    const message = `${what} provided mapping already exists. Please update or delete the existing mapping with UUID`;
    throw new MappingServiceError('ResourceConflictException', `${message} ${twin.UUID}`);
  }
}
