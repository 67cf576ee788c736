import { describe, expect, it } from 'vitest';
import { checkEverything } from './check-everything.ts';
import type { Change, Handling, Item, Observed, ObservedRegion } from './observed.ts';

const user = {
  id: { S: 'u' },
  email: { S: 'u@example.com' },
  country: { S: 'DE' },
  plan: { S: 'free' },
  _v: { S: '' },
};
const tried: Item = { state: { S: 'parked' }, attempt: { N: '1' } };
const record = { kinesis: { data: 'e30=' } };
const stampIn = (region: string, at: number) => `${String(at).padStart(16, '0')}/00000/${region.padEnd(20, '_')}`;
const ghost: Item = { id: { S: 'u' }, _v: { S: stampIn('one', 1) } };
const written = (at: number, region = 'one'): Item => ({ ...user, _v: { S: stampIn(region, at) } });

function changeOf(over: Partial<Change>): Change {
  const place = { region: 'one', shardId: 's', sequenceNumber: '1', eventName: 'INSERT', isExpiry: false, id: 'u' };
  return { ...place, createdAtMicroseconds: 1_000_000, happenedAtMs: 1_000, newImage: written(1), ...over };
}

/** A region in which one user was written and everything was done. */
function regionOf(over: Partial<ObservedRegion> = {}, name = 'one'): ObservedRegion {
  const change = changeOf({ region: name });
  const consumers = ['aggregates', 'replicator', 'search-index', 'welcome-email', 'usage-analytics', 'archive'];
  const done = new Map<string, Handling>([['s:1', { resolved: 1, givenUp: 0 }]]);
  const counter = (slice: string, group: string): Item => ({
    slice: { S: slice },
    group: { S: group },
    count: { N: '1' },
  });
  return {
    name,
    changes: [change],
    deliveries: [{ shardId: 's', sequenceNumber: '1', arrivedAtMs: 60_000, record, change }],
    users: [written(1)],
    counters: [counter('users-by-country#3', 'DE'), counter('users-by-plan#0', 'free')],
    windows: [windowOf('1')],
    conflicts: [],
    documents: [{ id: 'u', source: { id: 'u', email: 'u@example.com', country: 'DE', plan: 'free' } }],
    documentVersions: new Map([['u', [1n]]]),
    archived: new Map([['s:1', record]]),
    deadLetters: new Map(),
    handled: new Map(consumers.map((consumer) => [consumer, done])),
    recreatedAtMs: new Map(),
    written: new Set(['1']),
    putAgain: new Set(),
    sent: [{ id: 'u', stamp: stampIn(name, 1) }],
    ...over,
  };
}

function observedWith(over: Partial<ObservedRegion> = {}, rest: Partial<Observed> = {}): Observed {
  const other = regionOf({ sent: [] }, 'two');
  const mails = [{ id: 'm', to: 'u@example.com' }];
  const ledger = [{ id: { S: 'u' }, state: { S: 'sent' } }];
  return {
    mode: 'active-active',
    onSilence: 'park',
    isMailDisturbed: true,
    regions: [regionOf(over), other],
    mails,
    ledger,
    ...rest,
  };
}

const cases: readonly (readonly [what: string, consumer: string, kind: string, observed: Observed])[] = [
  ['a counter too small', 'aggregates', 'lost', observedWith({ counters: [] })],
  ['a counter too large', 'aggregates', 'doubled', observedWith({ counters: twice(regionOf().counters) })],
  ['an item without its document', 'search-index', 'lost', observedWith({ documents: [] })],
  ['a document that shows something else', 'search-index', 'diverged', observedWith({ documents: [documentOf('FR')] })],
  ['a version that falls', 'search-index', 'diverged', observedWith({ documentVersions: new Map([['u', [2n, 1n]]]) })],
  ['a record in no archive object', 'archive', 'lost', observedWith({ archived: new Map() })],
  ['a window that counts twice', 'usage-analytics', 'doubled', observedWith({ windows: twice(regionOf().windows) })],
  [
    'an archived record that is another',
    'archive',
    'diverged',
    observedWith({ archived: new Map([['s:1', { kinesis: { data: '' } }]]) }),
  ],
  [
    'a window that takes an insertion for a deletion',
    'usage-analytics',
    'doubled',
    observedWith({ windows: [{ ...windowOf('1'), insert: { N: '0' }, remove: { N: '1' } }] }),
  ],
  ['a window that is missing', 'usage-analytics', 'lost', observedWith({ windows: [] })],
  [
    'a record without an end',
    'aggregates',
    'unaccounted',
    observedWith({ handled: new Map([['aggregates', new Map()]]) }),
  ],
  ['a dead letter of a good record', 'search-index', 'unaccounted', observedWith({ deadLetters: letters() })],
  ['regions that differ', 'replicator', 'diverged', observedWith({ users: [{ ...written(1), plan: { S: 'team' } }] })],
  ['an item in one region only', 'replicator', 'lost', observedWith({ users: [] })],
  ['an echo', 'replicator', 'doubled', observedWith({ sent: [{ id: 'u', stamp: stampIn('two', 1) }] })],
  ['a version that lost and is not kept', 'replicator', 'lost', observedWith({ changes: conflicting() })],
  [
    'a lost version that is kept as another one',
    'replicator',
    'diverged',
    observedWith({ changes: conflicting(), conflicts: [keptAs({ ...written(1), plan: { S: 'team' } })] }),
  ],
  ['no mail, and nobody has tried', 'welcome-email', 'lost', mailIn({ state: { S: 'parked' }, attempt: { N: '0' } })],
  ['no mail, and the service has answered', 'welcome-email', 'lost', mailIn({ ...tried, code: { S: 'throttled' } })],
  ['no mail, as if the address were refused', 'welcome-email', 'lost', mailIn({ state: { S: 'rejected' } })],
  [
    'an item that came back as a key',
    'replicator',
    'diverged',
    observedWith({ changes: [changeOf({ newImage: ghost })], written: new Set() }),
  ],
  ['an item that is gone from both regions', 'replicator', 'lost', goneEverywhere()],
  ['an item that goes back in time', 'replicator', 'diverged', observedWith({ changes: backwards() })],
  [
    'a live item that is buried',
    'replicator',
    'diverged',
    observedWith({ changes: [changeOf({}), buried()], written: new Set(['1']) }),
  ],
  [
    'a version that the other region never had',
    'replicator',
    'diverged',
    observedWith({ changes: [changeOf({ newImage: written(1, 'two') })], written: new Set() }),
  ],
  [
    'an older document than can be shown',
    'search-index',
    'diverged',
    observedWith({ ...unacceptable(), documents: [documentOf('FR')] }),
  ],
  [
    'no document where an older version can be shown',
    'search-index',
    'diverged',
    observedWith({ ...unacceptable(), documents: [] }),
  ],
  [
    'a record that was answered for and given up',
    'aggregates',
    'unaccounted',
    observedWith({ handled: new Map([['aggregates', new Map([['s:1', { resolved: 1, givenUp: 1 }]])]]) }),
  ],
  ['a copy that goes back in time', 'replicator', 'diverged', copiedBackwards()],
  ['a second mail', 'welcome-email', 'doubled', observedWith({}, { mails: twice([{ id: 'm', to: 'u@example.com' }]) })],
  ['no mail', 'welcome-email', 'lost', observedWith({}, { mails: [] })],
];

describe('the checkers', () => {
  it('find nothing where everything is as it has to be', () => {
    expect(checkEverything(observedWith())).toEqual([]);
  });

  it.each(cases)('find %s', (_what, consumer, kind, observed) => {
    expect(checkEverything(observed)).toContainEqual(expect.objectContaining({ consumer, kind }));
  });

  it('take a minute in parts for accounted only where the mapping was created again', () => {
    const windows = ['1', '2'].map(windowOf);
    expect(checkEverything(observedWith({ windows }))).toMatchObject([{ kind: 'doubled' }]);
    expect(
      checkEverything(observedWith({ windows, recreatedAtMs: new Map([['usage-analytics', [120_000]]]) })),
    ).toEqual([]);
  });

  it('take a parked mail for accounted', () => {
    const parked = { mails: [], ledger: [{ id: { S: 'u' }, ...tried }] };
    expect(checkEverything(observedWith({}, parked))).toEqual([]);
    expect(checkEverything(observedWith({}, { ...parked, onSilence: 'resend' }))).toMatchObject([{ kind: 'lost' }]);
    expect(checkEverything(observedWith({}, { ...parked, isMailDisturbed: false }))).toMatchObject([{ kind: 'lost' }]);
  });
});

function windowOf(first: string): Item {
  return { part: { S: `1970-01-01T00:01:00Z#s#${first}` }, insert: { N: '1' } };
}

function twice<Value>(values: readonly Value[]): Value[] {
  return [...values, ...values];
}

function documentOf(country: string) {
  return { id: 'u', source: { id: 'u', email: 'u@example.com', country, plan: 'free' } };
}

/** The older one of two changes is copied after the newer one, and the newer one again. */
function copiedBackwards(): Observed {
  const copies = ['2', '1', '2'].map((order) =>
    changeOf({ region: 'two', newImage: { ...written(1), _seq: { S: order } } }),
  );
  const two = regionOf({ changes: copies, users: [{ ...written(1), _seq: { S: '2' } }] }, 'two');
  return { ...observedWith(), mode: 'one-way', regions: [regionOf(), two] };
}

function buried(): Change {
  return changeOf({
    ...{ sequenceNumber: '2', eventName: 'MODIFY', oldImage: written(1) },
    newImage: { id: { S: 'u' }, _v: { S: stampIn('one', 2) }, _deleted: { BOOL: true } },
  });
}

function backwards(): Change[] {
  return [changeOf({ newImage: written(3) }), changeOf({ oldImage: written(3), newImage: written(1) })];
}

function goneEverywhere(): Observed {
  const observed = observedWith({ users: [] });
  return { ...observed, regions: observed.regions.map((region) => ({ ...region, users: [] })) };
}

/** A second version that no document can show. */
function unacceptable(): Partial<ObservedRegion> {
  const newImage: Item = { ...written(2), country: { N: '42' } };
  const change = changeOf({ eventName: 'MODIFY', oldImage: written(1), newImage, createdAtMicroseconds: 2_000_000 });
  return { changes: [changeOf({}), change], users: [newImage] };
}

function keptAs(image: Item): Item {
  return {
    item: { S: '[["id",{"S":"u"}]]' },
    keys: { M: { id: { S: 'u' } } },
    version: { S: stampIn('one', 1) },
    loser: { M: image },
  };
}

function mailIn(row: Item): Observed {
  return observedWith({}, { mails: [], ledger: [{ id: { S: 'u' }, ...row }] });
}

function letters() {
  return new Map([['search-index', new Set(['s:1'])]]);
}

/** A version of this region over which one of the other came that had not seen it. */
function conflicting(): Change[] {
  const lost = changeOf({ newImage: written(1) });
  const won = changeOf({ sequenceNumber: '2', eventName: 'MODIFY', oldImage: written(1), newImage: written(5, 'two') });
  return [lost, { ...won }, changeOf({ region: 'two', sequenceNumber: '3', newImage: written(5, 'two') })];
}
