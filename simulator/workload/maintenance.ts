import { isDeepStrictEqual } from 'node:util';
import { backfillSources } from '../../functions/copies.ts';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { isGreen } from '../../shared/operations/audit/audit.ts';
import { runAudit } from '../../shared/operations/audit/run-audit.ts';
import type { WalkOptions } from '../../shared/operations/backfill/backfill.ts';
import { runBackfill } from '../../shared/operations/backfill/run-backfill.ts';
import type { TargetRegion } from '../../shared/operations/target.ts';
import { toImage } from '../../shared/services/dynamodb/image.ts';
import { queueTwin } from '../../shared/services/sqs/twin.ts';
import { isAcceptable, searchedAttributes } from '../checkers/acceptable.ts';
import { configOf } from '../functions/config.ts';
import { Environment } from '../functions/environment.ts';
import { objectsBehind, simulatedServices } from '../functions/simulated-services.ts';
import type { Random } from '../random.ts';
import type { Region, World } from '../world/world.ts';
import { failuresIn } from './maintenance-failures.ts';
import { streamOf } from './maintenance-stream.ts';

export interface Work {
  readonly command: 'backfill' | 'audit';
  readonly consumer: 'aggregates' | 'search-index' | 'replicator';
}

interface MaintenanceOptions {
  readonly world: World;
  readonly region: Region;
  readonly other: Region;
  readonly random: Random;
}

/** As long as a person leaves a command running. */
const timeoutMs = 24 * 3_600_000;

/** What operators of a region do to whole tables while everything goes on: each process dies as functions do. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #begun: Work[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** Killed, it is started again after a while, as long as things go wrong. */
  begin(work: Work): void {
    const { world, region } = this.#options;
    // A copy is not copied back.
    if (work.consumer === 'replicator' && world.profile.mode === 'one-way' && !region.services.isFirst) return;
    this.#begun.push(work);
    this.#running = this.#running.then(() => this.#insist(work));
  }

  async #insist(work: Work): Promise<void> {
    const { world, random } = this.#options;
    while (!world.calm && !(await this.#run(work))) await world.clock.sleep(random.integer(1_000, 120_000));
  }

  /** Nothing goes wrong any more: what was left half done is brought to its end, so that failures can be redriven. */
  async end(): Promise<void> {
    await this.#running;
    for (const work of this.#begun) await this.#mustRun({ ...work, command: 'backfill' });
  }

  /** Everything is at rest: an audit that finds what no failure explains is wrong, or what it found is. */
  async check(): Promise<void> {
    for (const { consumer } of this.#begun) await this.#mustRun({ consumer, command: 'audit' });
  }

  async #mustRun(work: Work): Promise<void> {
    const { world, region } = this.#options;
    if (await this.#run(work)) return;
    const what = `${region.services.name}: ${work.command} of ${work.consumer} came to nothing`;
    world.alarms.push({ consumer: work.consumer, kind: 'lost', what });
  }

  /** Whether the command came to its end. */
  async #run({ command, consumer }: Work): Promise<boolean> {
    const { world, region, random } = this.#options;
    const place = { world, region: region.services.name, consumer, random, isOperator: true };
    const environment = new Environment(place, timeoutMs);
    const walk = this.#walk(environment, place);
    const work =
      command === 'backfill' ? () => runBackfill({ ...walk, consumer }) : () => this.#audit({ ...walk, consumer });
    const outcome = await environment.run(work, {}, command);
    return outcome.kind === 'returned';
  }

  async #audit(walk: WalkOptions & { readonly consumer: string }): Promise<void> {
    const { world, region } = this.#options;
    const repair = !world.calm;
    const results = await runAudit({ ...walk, repair, graceMs: 15_000, patienceMs: 600_000 });
    // Begun in trouble, it may have found what was only late.
    if (repair) return;
    for (const result of results) {
      if (isGreen(result) || (result.kind === 'totals' && result.outcome !== 'differs')) continue;
      if (result.kind === 'copies' && result.differences.every(({ keys }) => this.#isRefused(result.consumer, keys)))
        continue;
      const what = `${region.services.name}: the audit finds ${JSON.stringify(result)}`;
      world.alarms.push({ consumer: result.consumer, kind: 'diverged', what });
    }
  }

  /** Whether no copy of the item as it is can be made: all other failures have been redriven by then. */
  #isRefused(consumer: string, keys: Readonly<Record<string, unknown>>): boolean {
    const items = this.#options.region.services.twin.items(table.name);
    const item = items.find(({ id }) => isDeepStrictEqual(id, keys.id));
    return consumer === 'search-index' && item !== undefined && !isAcceptable(toImage(item), searchedAttributes);
  }

  #walk(environment: Environment, place: ConstructorParameters<typeof Environment>[0]): WalkOptions {
    const { world, region, other, random } = this.#options;
    const services = simulatedServices({
      ...{ place, environment, there: other.services, onMetric: () => undefined, codeVersion: 'operator' },
      // A snapshot may be a version from the other region; an operator's clock is right.
      here: { ...region.services, sent: [], skewMs: 0 },
    });
    const { profile } = world;
    const target: TargetRegion = {
      name: region.services.name,
      consumers: registry.filter(({ name }) => region.consumers.some((each) => each.name === name)),
      failures: objectsBehind(environment, failuresIn(region), 'deadLetters'),
      notices: queueTwin(),
      stream: streamOf(region),
      itemCount: async () => undefined,
      configOf: ({ name }) => {
        const isCopy = !region.services.isFirst;
        return configOf(name, { region: place.region, otherRegion: other.services.name, isCopy, profile });
      },
      connectionsOf: () => services,
      indexAdminOf: () => {
        throw new Error('indices stay as they are');
      },
      consumerOf: (functionArn) => functionArn.split(':').at(-1),
    };
    return {
      ...{ target: { name: 'simulation', regions: [target] }, table, sources: backfillSources },
      ...{ clock: services.clock, random: () => random.next(), lagMaxMs: 30_000, report: () => undefined },
    };
  }
}
