/**
 * Goals G3 to G6: what it costs to count each change exactly once, against what one would otherwise write (Powertools'
 * batch processor and idempotency, one update for each count). Both take the same records in turns, on the embedded
 * DynamoDB over loopback, and a contender whose counts are not those of a recount stops the run.
 */
import { isDeepStrictEqual } from 'node:util';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { createSeededRandom } from '../local/demo/seeded-random.ts';
import type { Contender } from './aggregates/contender.ts';
import { createHistory, type History } from './aggregates/history.ts';
import { powertoolsContender } from './aggregates/powertools.ts';
import { deliverAll, type Spent } from './aggregates/spent.ts';
import { tributaryContender } from './aggregates/tributary.ts';
import { startWorld } from './aggregates/world.ts';
import { medianRatio, verdict } from './figures.ts';
import type { UserRecord } from './user-image.ts';

const rounds = 10;

readArguments(
  describeCommand({
    name: 'npm run bench:aggregates --',
    description: 'Measures what it costs to count changes exactly once, against Powertools and an update each.',
    examples: ['npm run bench:aggregates'],
  }),
);
const world = await startWorld();
try {
  const history = createHistory(createSeededRandom(1).next);
  const peer = powertoolsContender(world.client);
  const own = tributaryContender(world.client, { prefix: 'plain' });
  await compareCosts([own, peer], history);
  await compareRedelivery([own, peer], history);
  await crash();
  await poison(peer);
  assertSmall(await world.longestItem());
} finally {
  await world.stop();
}

type Contenders = readonly [own: Contender, peer: Contender];

interface Comparison {
  readonly ours: readonly Spent[];
  readonly theirs: readonly Spent[];
}

async function compareCosts(contenders: Contenders, history: History): Promise<void> {
  // The first batch only warms the compiler and the connections.
  await inTurns(contenders, { history, size: 1_000, rounds: 1 });
  const large = await inTurns(contenders, { history, size: 1_000, rounds });
  const small = await inTurns(contenders, { history, size: 100, rounds });
  await assertCounted(contenders, history);
  tellUnits(large, { size: 1_000, goal: 1 / 12 });
  tellUnits(small, { size: 100, goal: 1 / 4 });
  const timesOf = (spent: readonly Spent[]) => spent.map(({ timeMs }) => timeMs);
  const ratio = medianRatio(timesOf(large.theirs), timesOf(large.ours));
  verdict('G4: records per second / Powertools', ratio, { least: 50 });
}

async function inTurns(
  [own, peer]: Contenders,
  options: { readonly history: History; readonly size: number; readonly rounds: number },
): Promise<Comparison> {
  const [ours, theirs]: [Spent[], Spent[]] = [[], []];
  for (let round = 0; round < options.rounds; round += 1) {
    const records = options.history.next(options.size);
    ours.push(await spend(own, records));
    theirs.push(await spend(peer, records));
  }
  return { ours, theirs };
}

function tellUnits(
  { ours, theirs }: Comparison,
  { size, goal }: { readonly size: number; readonly goal: number },
): void {
  const perRecord = (spent: readonly Spent[]) =>
    spent.reduce((sum, { writeUnits }) => sum + writeUnits, 0) / (spent.length * size);
  const [own, peer] = [perRecord(ours), perRecord(theirs)];
  console.log(`Write units per record, batches of ${size}: ${own.toFixed(3)}; Powertools ${peer.toFixed(3)}`);
  verdict(`G3: write units / Powertools', batches of ${size}`, own / peer, { most: goal });
}

async function compareRedelivery([own, peer]: Contenders, history: History): Promise<void> {
  const records = history.next(1_000);
  for (const contender of [own, peer]) await spend(contender, records);
  const [ours, theirs] = [await spend(own, records), await spend(peer, records)];
  await assertCounted([own, peer], history);
  console.log(`Requests for 1,000 records that come again: ${ours.requests}; Powertools ${theirs.requests}`);
  verdict("G6: requests for a finished batch / Powertools'", ours.requests / theirs.requests, { most: 1 / 50 });
}

/** What was written counts, whether or not its writer learned so: there is no moment between an effect and its mark. */
async function crash(): Promise<void> {
  const history = createHistory(createSeededRandom(2).next);
  let commits = 0;
  const dying = tributaryContender(world.client, {
    prefix: 'crashed',
    intercept: async (call, proceed) => {
      const answer = await proceed();
      if (call.operation === 'transactWriteItems') commits += 1;
      if (commits === 1) throw new Error('killed after its first transaction');
      return answer;
    },
  });
  const records = history.next(1_000);
  await dying.deliver(records).catch(() => undefined);
  if (commits !== 1) throw new Error('Nothing was killed.');
  const whole = tributaryContender(world.client, { prefix: 'crashed' });
  await spend(whole, records);
  await assertCounted([whole], history);
  console.log('G6: killed after its first transaction, then delivered again: equal to a recount');
}

async function poison(peer: Contender): Promise<void> {
  const history = createHistory(createSeededRandom(3).next);
  const records = history.next(1_000);
  const clean = await spend(tributaryContender(world.client, { prefix: 'clean' }), records);
  const poisoned = records.map((record, at) => (at === 500 ? withoutImages(record) : record));
  const own = tributaryContender(world.client, { prefix: 'poisoned' });
  const ours = await spend(own, poisoned);
  const theirs = await spend(peer, poisoned.map(again));
  const isKept = own.deadLetters() === 1 && ours.parked === 0 && ours.delivered === 1_000;
  console.log(
    `One poison record among 1,000: ${own.deadLetters()} dead letter, ${ours.parked} records parked, ` +
      `${ours.delivered} deliveries; Powertools ${theirs.parked} parked, ${theirs.delivered} deliveries`,
  );
  if (!isKept) throw new Error('A good record was parked or delivered again.');
  verdict('G5: writes / those of a batch without poison', ours.writeUnits / clean.writeUnits, { most: 1.02 });
}

/** A stream whose view was changed for a while: the record has its key and nothing else. */
function withoutImages(record: UserRecord): UserRecord {
  const { OldImage: _old, NewImage: _new, ...rest } = record.dynamodb;
  return { ...record, dynamodb: rest };
}

/** As another change, which nobody has counted. */
function again(record: UserRecord): UserRecord {
  return { ...record, eventID: `again-${record.eventID}` };
}

function spend(contender: Contender, records: readonly UserRecord[]): Promise<Spent> {
  return deliverAll(contender, records, world.cost);
}

async function assertCounted(contenders: readonly Contender[], history: History): Promise<void> {
  const expected = history.expected();
  for (const contender of contenders) {
    if (!isDeepStrictEqual(new Map([...(await contender.counted())].sort()), new Map([...expected].sort())))
      throw new Error(`${contender.name} did not count what a recount finds: its figures say nothing.`);
  }
}

/** The meter takes a write for one unit. */
function assertSmall(longestItem: number): void {
  if (longestItem > 1_024) throw new Error(`An item has ${longestItem} characters: the write units are too few.`);
}
