import { eventFaults, type FaultName, outages, worldFaults } from './fault-names.ts';

/** Cells of the table of faults and consumers in which nothing can be counted, and why. */
export interface Inapplicable {
  readonly faults: readonly FaultName[];
  readonly consumers: readonly string[];
  readonly reason: string;
  /** It happens there, but makes no difference that could be seen from outside. */
  readonly makesNoDifference?: true;
}

const fromKinesis = ['archive', 'search-index', 'usage-analytics', 'welcome-email'] as const;
const fromStream = ['aggregates', 'replicator'] as const;
const settler = ['email-settler'] as const;
/** The columns of the table. */
export const columns: readonly string[] = [...fromStream, ...fromKinesis, ...settler].toSorted();

function allBut(...names: readonly string[]): readonly string[] {
  return columns.filter((name) => !names.includes(name));
}

const ofStreams = worldFaults.filter((name) => name !== 'deployment' && name !== 'clock-skew');

export const inapplicable: readonly Inapplicable[] = [
  { faults: ['conflict'], consumers: allBut('aggregates'), reason: 'it makes no transactions' },
  { faults: ['partial'], consumers: allBut('search-index'), reason: 'each of its calls is for one item' },
  { faults: ['partition'], consumers: allBut('replicator'), reason: 'it calls its own region only' },
  {
    faults: ['sdk-repeat'],
    consumers: ['archive', 'usage-analytics'],
    reason: 'it puts objects and rows whole, whatever is there: the second answer is the first one',
    makesNoDifference: true,
  },
  { faults: [...ofStreams], consumers: settler, reason: 'it reads no stream: a queue and a schedule invoke it' },
  {
    faults: outages.filter((name) => name !== 'sink-down' && name !== 'partition'),
    consumers: settler,
    reason: 'it has neither a mapping, nor dead letters, nor input that it could refuse',
  },
  {
    faults: ['duplicate', 'reorder', 'tie', 'foreign-record'],
    consumers: fromStream,
    reason: 'the stream of a table holds each change once, in the order of the item, and nothing else',
  },
  {
    faults: ['tie'],
    consumers: ['archive', 'usage-analytics', 'welcome-email'],
    reason: 'it does not order changes',
  },
  {
    faults: ['poison'],
    consumers: ['archive', 'usage-analytics'],
    reason: 'nothing that an item holds is refused',
  },
  {
    faults: ['dead-letters-down'],
    consumers: ['archive'],
    reason: 'it takes every record, whatever is in it, and so has no dead letters',
  },
  {
    faults: ['duplicate', 'reorder', 'foreign-record'],
    consumers: ['archive'],
    reason: 'it does not look into records',
    makesNoDifference: true,
  },
  {
    faults: ['duplicate', 'reorder'],
    consumers: ['usage-analytics'],
    reason: 'windows are approximate: it counts records as they come',
    makesNoDifference: true,
  },
  {
    faults: ['clock-skew'],
    consumers: allBut('replicator'),
    reason: 'it compares instants of one clock only, and a skew of less than a second with days',
  },
  {
    faults: ['redrive-in-traffic', 'redrive-at-once', 'redrive-processed'],
    consumers: ['usage-analytics'],
    reason: 'windows are approximate, and their states are gone with the batch: nothing is redriven',
  },
  {
    faults: ['redrive-at-once'],
    consumers: ['archive'],
    reason: 'it has no dead letters',
  },
  { faults: eventFaults, consumers: allBut('email-settler'), reason: 'it gets no events of the mail service' },
];

/** What `fault consumer` cannot count, with the reason. */
export function inapplicableTo(fault: FaultName, consumer: string): Inapplicable | undefined {
  return inapplicable.find(({ faults, consumers }) => faults.includes(fault) && consumers.includes(consumer));
}
