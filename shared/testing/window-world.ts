import { InvariantError, RetryableError } from '../batch/errors.ts';
import type { WindowSink, WindowState } from '../batch/sink.ts';
import { readString } from '../change/read-attribute.ts';
import { type Faults, noFaults } from './fake-sinks.ts';

/** The smallest sink that keeps the contract of `window`: its state names every record that it counts. */
export interface WindowWorld {
  readonly sink: WindowSink<string>;
  /** By start of the window and first record: the sequence numbers of a row, as it was last written. */
  readonly rows: Map<string, readonly string[]>;
}

/** A record whose attribute `size` is `large` makes the state outgrow what Lambda hands on. */
export function windowWorld(faults: Faults = noFaults): WindowWorld {
  const rows = new Map<string, readonly string[]>();
  const sink: WindowSink<string> = {
    strategy: 'window',
    fold: (state, entries) => {
      const counted = [...countedIn(state), ...entries.map(({ change }) => change.position.sequenceNumber)];
      const isLarge = entries.some(({ change: { newImage } }) => readString(newImage, 'size', 'newImage') === 'large');
      return { counted, ...(isLarge ? { filler: '.'.repeat(1024 * 1024) } : {}) };
    },
    close: async ({ shardId, start }, state) => {
      const fault = faults();
      if (fault === 'refuse') throw new RetryableError('sink-throttled', 'throttled');
      const counted = countedIn(state);
      if (counted[0] !== undefined) rows.set(`${start}/${shardId}/${counted[0]}`, counted);
      if (fault === 'loseReply') throw new RetryableError('sink-unavailable', 'reply lost');
    },
  };
  return { sink, rows };
}

function countedIn({ counted = [] }: WindowState): readonly string[] {
  if (Array.isArray(counted)) return counted.map(String);
  throw new InvariantError('invariant', 'a state has come back changed');
}
