import type { MappingState, MappingView } from '../../shared/operations/mappings.ts';
import type { Consumer } from '../pipeline/consumer.ts';
import type { MovableMapping } from '../pipeline/movable-mapping.ts';

/** A running pipeline, as far as its mappings are operated. */
export interface OperatedPipeline {
  readonly regions: readonly { readonly name: string; readonly consumers: readonly OperatedConsumer[] }[];
}

interface OperatedConsumer {
  readonly definition: Pick<Consumer['definition'], 'name' | 'trigger'>;
  readonly mapping?: OperatedMapping;
  status(): Pick<ReturnType<Consumer['status']>, 'behind' | 'iteratorAgeMs'>;
}

interface OperatedMapping extends Pick<MovableMapping, 'pause' | 'resume' | 'rewind'> {
  status(): {
    readonly state: string;
    readonly metrics: { readonly processed: number; readonly dropped: number; readonly delivered: number };
  };
}

const stateOf: Readonly<Record<string, MappingState>> = {
  Enabled: 'running',
  Disabling: 'pausing',
  Disabled: 'paused',
  Stopped: 'stopped',
};

/** The mappings of a pipeline on this machine, for whoever operates it. */
export function createMappingViews(pipeline: OperatedPipeline, nowMs: () => number) {
  /** A mapping that reads nothing cannot tell how old its records get. */
  const paused = new Map<OperatedConsumer, { readonly sinceMs: number; readonly oldestMs: number }>();

  function viewOf(region: string, consumer: OperatedConsumer): MappingView[] {
    const { mapping, definition } = consumer;
    const { trigger } = definition;
    if (mapping === undefined || trigger.kind === 'schedule') return [];
    const { behind = 0, iteratorAgeMs = 0 } = consumer.status();
    const { state, metrics } = mapping.status();
    const pause = paused.get(consumer);
    const waitingMs = pause === undefined ? 0 : pause.oldestMs + nowMs() - pause.sinceMs;
    return [
      {
        region,
        consumer: definition.name,
        state: stateOf[state] ?? 'stopped',
        behind,
        oldestMs: behind === 0 ? 0 : Math.max(iteratorAgeMs, waitingMs),
        recordAgeMaxMs: trigger.mapping.maximumRecordAgeS * 1000,
        processed: metrics.processed + metrics.dropped + metrics.delivered,
      },
    ];
  }

  const consumerAt = (where: { region: string; consumer: string }) =>
    pipeline.regions
      .find(({ name }) => name === where.region)
      ?.consumers.find(({ definition }) => definition.name === where.consumer);

  return {
    all: (): readonly MappingView[] =>
      pipeline.regions.flatMap(({ name, consumers }) => consumers.flatMap((consumer) => viewOf(name, consumer))),
    /** Undefined when there is no such mapping. */
    async rewind(where: { region: string; consumer: string }, to: number | 'TRIM_HORIZON'): Promise<boolean> {
      const consumer = consumerAt(where);
      if (consumer?.mapping === undefined) return false;
      await consumer.mapping.rewind(to);
      return true;
    },
    async switch(
      where: { region: string; consumer: string },
      to: 'running' | 'paused',
    ): Promise<MappingView | undefined> {
      const consumer = consumerAt(where);
      if (consumer?.mapping === undefined) return undefined;
      if (to === 'paused') {
        const { iteratorAgeMs = 0 } = consumer.status();
        if (!paused.has(consumer)) paused.set(consumer, { sinceMs: nowMs(), oldestMs: iteratorAgeMs });
        await consumer.mapping.pause();
      } else {
        paused.delete(consumer);
        consumer.mapping.resume();
      }
      return viewOf(where.region, consumer)[0];
    },
  };
}
