/**
 * Deliberate defects. Each takes out one mechanism that a promise stands on, as a patch in `simulator/defects/`, so
 * that a run which does not fail shows a checker that cannot see.
 */
import type { FaultName } from './faults.ts';

export interface Sabotage {
  /** Also the patch's file name. */
  readonly name: string;
  /** What is missing then. */
  readonly removes: string;
  /** The faults that bring the defect out, unless others are asked for. */
  readonly faults: readonly FaultName[];
  /** Users that are enough to show it. */
  readonly users: number;
}

export const sabotages: readonly Sabotage[] = [
  {
    name: 'position-condition',
    removes: 'a cut commits wherever its shard stands by then',
    faults: ['crash'],
    users: 100,
  },
  {
    name: 'position-read',
    removes: 'records that the shard has passed are not dropped',
    faults: [],
    users: 50,
  },
  { name: 'cut-rows', removes: 'a redrive does not ask which cuts have counted', faults: [], users: 50 },
  { name: 'total-contribution', removes: 'an image that cannot be grouped is refused', faults: ['poison'], users: 50 },
  {
    name: 'dead-letter-before-resolve',
    removes: 'a record counts as resolved before its dead letter is stored',
    faults: ['poison', 'sink-outage'],
    users: 100,
  },
  {
    name: 'partial-response',
    removes: 'the answer names the last unresolved record, not the first',
    faults: ['sink-outage'],
    users: 100,
  },
  {
    name: 'external-version',
    removes: 'documents are versioned by arrival instead of by change',
    faults: ['duplicates'],
    users: 100,
  },
  {
    name: 'tombstone',
    removes: 'documents are deleted instead of buried',
    faults: ['duplicates'],
    users: 50,
  },
  {
    name: 'highest-version',
    removes: 'the last record of an item in a batch wins, not the newest',
    faults: ['duplicates'],
    users: 100,
  },
  { name: 'ledger', removes: 'an email is owed again by every insert', faults: ['duplicates'], users: 100 },
  {
    name: 'attempt-lease',
    removes: 'an attempt is up for grabs as soon as it is taken',
    faults: ['crash'],
    users: 100,
  },
  {
    name: 'unknown-resent',
    removes: 'a send without a reply is repeated at once',
    faults: ['sink-outage'],
    users: 100,
  },
  { name: 'one-sdk-attempt', removes: 'the SDK repeats a send by itself', faults: ['sink-outage'], users: 100 },
  {
    name: 'echo-check',
    removes: 'what arrived from the other region is sent back to it',
    faults: [],
    users: 100,
  },
  {
    name: 'deletion-stamp',
    removes: 'the tombstone of a hard delete bears the stamp of what was deleted',
    faults: [],
    users: 150,
  },
  {
    name: 'conditional-put',
    removes: 'a version is written in the other region whatever stands there',
    faults: ['conflict'],
    users: 150,
  },
  {
    name: 'replica-tombstone',
    removes: 'a deletion leaves no tombstone in the other region',
    faults: [],
    users: 100,
  },
  {
    name: 'counting-stamp',
    removes: 'a stamp counts though the write has left it as it was',
    faults: ['conflict'],
    users: 200,
  },
  {
    name: 'home-requests',
    removes: 'a hard delete in one batch with a write that is sent is not answered for',
    faults: [],
    users: 200,
  },
  {
    name: 'loser-row',
    removes: 'a version that loses is not kept',
    faults: ['conflict', 'partition'],
    users: 150,
  },
];
