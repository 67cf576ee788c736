/**
 * Goals G9 and G10: the processor time that a record costs in each consumer, in units of JSON.parse of the event that
 * brought it. Each consumer takes the same 1,000 changes of as many users with its real clients; engines are other
 * processes. An answer that leaves a record unresolved, or a replica that is not the table, stops the run.
 */
import { table } from '../functions/table.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { readTable } from '../local/demo/checkers/read-tables.ts';
import { nextStamp } from '../shared/change/stamp.ts';
import { invocationContext } from '../shared/testing/base-services.ts';
import { homeRegion, startConsumers } from './consumers/world.ts';
import { median, verdict } from './figures.ts';
import { asKinesisEvent } from './kinesis-event.ts';
import { type UserRecord, userImage, userRecord } from './user-image.ts';

const recordCount = 1_000;
const rounds = 10;

readArguments(
  describeCommand({
    name: 'npm run bench:consumers --',
    description: 'Measures the processor time of a record in each consumer, against JSON.parse of its event.',
    examples: ['npm run bench:consumers'],
  }),
);
const world = await startConsumers();
try {
  const units = new Map<string, number[]>(world.definitions.map(({ name }) => [name, []]));
  // The first rounds only warm the compiler and the connections.
  for (let round = -3; round < rounds; round += 1) {
    const records = Array.from({ length: recordCount }, (_, at) => record((round + 3) * recordCount + at));
    const unitMs = parseMs(records);
    for (const { name, trigger } of world.definitions) {
      const event = eventFor(trigger, records);
      const spentMs = await processorMs(async () => {
        const answer = await world.handlers.get(name)?.(event, invocationContext);
        if (answer === undefined || answer.batchItemFailures.length > 0) throw new Error(`${name} left records.`);
      });
      if (round >= 0) units.get(name)?.push(spentMs / unitMs);
    }
  }
  await assertReplicated((rounds + 3) * recordCount);
  const costs = new Map([...units].map(([name, each]) => [name, median(each)]));
  for (const [name, cost] of costs) console.log(`${name.padEnd(20)}${cost.toFixed(2).padStart(8)}`);
  const sum = [...costs.values()].reduce((total, cost) => total + cost, 0);
  verdict('G9: replicator / JSON.parse', costs.get('replicator') ?? Number.NaN, { most: 4 });
  verdict('G10: all consumers / JSON.parse', sum, { most: 8 });
} finally {
  await world.stop();
}

/** 30 of 100 inserts, 60 edits, 10 deletions, as the writer makes them. */
function record(at: number): UserRecord {
  const place = (at * 37) % 100;
  const [before, after] = [stampAt(2 * at), stampAt(2 * at + 1)];
  const key = { id: { S: `user-${at}` } };
  return userRecord(at, {
    key,
    ...(place >= 30 && { oldImage: userImage(at, { version: 0, country: 'DE', stamp: before }) }),
    newImage:
      place < 90
        ? userImage(at, { version: 1, country: 'FR', stamp: after })
        : { ...key, _deleted: { BOOL: true }, _v: { S: after } },
  });
}

function stampAt(microseconds: number): string {
  return nextStamp({ nowMicroseconds: 1_767_268_800_000_000n + BigInt(microseconds), region: homeRegion });
}

function eventFor({ kind }: { readonly kind: string }, records: readonly UserRecord[]): object {
  // Now: nobody is welcomed a week late.
  const createdAt = Date.now() * 1000;
  const [start, end] = [createdAt / 1000, createdAt / 1000 + 60_000].map((atMs) => new Date(atMs).toISOString());
  const window = { window: { start, end }, state: {}, shardId: 'shardId-000000000000', isFinalInvokeForWindow: false };
  if (kind === 'stream') return { Records: records, ...window };
  return { Records: records.map((each, at) => asKinesisEvent(each, createdAt + at)), ...window };
}

function parseMs(records: readonly UserRecord[]): number {
  const text = JSON.stringify({ Records: records });
  const times = 10;
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) JSON.parse(text);
  return spentSince(before) / times;
}

async function processorMs(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  return spentSince(before);
}

function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function assertReplicated(users: number): Promise<void> {
  const copies = await readTable(world.replica, table.name);
  if (copies.length !== users) throw new Error(`${copies.length} of ${users} users were copied.`);
  for (const { id, _v } of copies) {
    const at = Number(id?.S?.slice('user-'.length));
    if (_v?.S !== stampAt(2 * at + 1)) throw new Error(`The copy of ${id?.S} is not its newest version.`);
  }
}
