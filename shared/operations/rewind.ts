import type { ConsumerDefinition } from '../runtime/consumer-definition.ts';
import type { MappingIdentity } from './mappings.ts';
import { OperatorError, type Target } from './target.ts';

/** From where a mapping goes on: milliseconds since the epoch, or the oldest record that its stream has. */
export type RewindPoint = number | 'TRIM_HORIZON';

export interface Rewinds {
  /** Resolves when the mapping reads from there, paused if it was. */
  rewind(mapping: MappingIdentity, to: RewindPoint): Promise<void>;
}

/**
 * Lets a consumer of Kinesis take again what it has taken since then. Records come twice, so only consumers for whom
 * that makes no difference are let.
 *
 * @throws {OperatorError} saying what to do instead
 */
export async function rewindConsumer(
  rewinds: Rewinds,
  wanted: {
    readonly target: Target;
    readonly definition: ConsumerDefinition;
    readonly region?: string;
    readonly to: RewindPoint;
    readonly dryRun: boolean;
  },
): Promise<readonly MappingIdentity[]> {
  const { target, definition, region, to, dryRun } = wanted;
  assertRewindable(definition);
  const chosen = target.regions
    .filter(({ name, consumers }) => (region === undefined || name === region) && consumers.includes(definition))
    .map(({ name }) => ({ region: name, consumer: definition.name }));
  if (chosen.length === 0) throw new OperatorError(`${definition.name} does not run in ${region ?? target.name}.`);
  for (const mapping of dryRun ? [] : chosen) await rewinds.rewind(mapping, to);
  return chosen;
}

function assertRewindable(definition: ConsumerDefinition): void {
  const { name, trigger } = definition;
  if (trigger.kind === 'schedule') throw new OperatorError(`${name} has no mapping: it runs on a schedule.`);
  if (trigger.kind === 'stream') {
    throw new OperatorError(
      `${name} reads the table's own stream, whose order its effects rest on: use \`tributary backfill\` instead.`,
    );
  }
  if ('strategy' in definition && definition.strategy === 'window') {
    throw new OperatorError(`${name} counts what arrives: records that come again would be counted again.`);
  }
}
