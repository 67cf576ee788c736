import fc from 'fast-check';

/** What somebody does to an item. `old` puts an image again that was there before, stamp and all. */
export type WriteKind = 'put' | 'remove' | 'plain' | 'old' | 'keep' | 'hard' | 'expire';

export interface PlannedWrite {
  readonly kind: WriteKind;
  readonly region: number;
  readonly id: string;
  /** Time that passes before. */
  readonly afterMicroseconds: number;
}

/** What befalls one call of a function. The killed ones end their invocation; a write under way lands later. */
export type ReplicaFault = 'none' | 'killedBefore' | 'killedAfter' | 'killedUnderWay' | 'replyLost';

export function plannedWrites(kinds: readonly WriteKind[], regions: number): fc.Arbitrary<PlannedWrite[]> {
  const write = fc.record({
    kind: fc.constantFrom(...kinds),
    region: fc.nat({ max: regions - 1 }),
    id: fc.constantFrom('a', 'a', 'b'),
    afterMicroseconds: fc.constantFrom(0, 1, 700, 3000),
  });
  return fc.array(write, { minLength: 1, maxLength: 14 });
}

export const replicaFaults: fc.Arbitrary<fc.Stream<ReplicaFault>> = fc.infiniteStream<ReplicaFault>(
  fc.oneof(
    { weight: 10, arbitrary: fc.constant('none') },
    fc.constantFrom('killedBefore', 'killedAfter', 'killedUnderWay', 'replyLost'),
  ),
);
