import { describe, expect, it } from 'vitest';
import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { toImage } from '../../shared/services/dynamodb/image.ts';
import { dynamoDbTwin } from '../../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { conflictsTable } from '../../shared/sinks/replica/resources.ts';
import { streamRecords } from '../../shared/testing/record-builder.ts';
import { replicaEnvironment } from '../../shared/testing/replica-environment.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { create } from './handler.ts';

const user = { id: 'u1', email: 'ada@example.com' };
const stamp = '1767225600000000/00000/eu-central-1________';

/** What one invocation leaves in the other region, of the records that the builder makes. */
async function replicated(
  mode: string,
  build: (records: ReturnType<typeof streamRecords>) => readonly unknown[],
): Promise<AttributeMap[]> {
  const dynamodb = dynamoDbTwin({ tables: [table, conflictsTable] });
  const remoteDynamodb = dynamoDbTwin({ tables: [table] });
  const invoke = create({
    config: readConfig(definition, replicaEnvironment({ table: table.name, mode })),
    dynamodb,
    remoteDynamodb,
    deadLetters: { store: () => Promise.reject(new Error('no record is poison')) },
    clock: { nowMs: () => 1_767_225_600_000, sleep: async () => undefined },
    random: () => 0.5,
    log: { startInvocation: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: { add: () => undefined, flush: () => undefined },
  });
  const event = { Records: build(streamRecords()) };
  const answer = await invoke(event, { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 });
  expect(answer).toEqual({ batchItemFailures: [] });
  return remoteDynamodb.items(table.name).map(toImage);
}

describe('the replicator', () => {
  it('active-active: sends what was stamped here, deletions as tombstones', async () => {
    const deleted = { id: 'u2', _deleted: true, _v: stamp };
    const items = await replicated('active-active', (records) => [
      records.insert({ ...user, _v: stamp }),
      records.insert(deleted),
      records.insert({ id: 'u3', _v: stamp.replace('eu-central-1', 'eu-west-1___') }),
      records.insert({ id: 'u4', email: 'plain@example.com' }),
    ]);
    expect(items.map(({ id }) => id).toSorted()).toEqual([{ S: 'u1' }, { S: 'u2' }]);
  });

  it('one-way: copies every change', async () => {
    const items = await replicated('one-way', (records) => [records.insert(user), records.insert({ id: 'u2' })]);
    expect(items).toHaveLength(2);
  });

  it('off: leaves the other table to whoever keeps it', async () => {
    expect(await replicated('off', (records) => [records.insert({ ...user, _v: stamp })])).toEqual([]);
  });

  it('starts in no other mode', () => {
    const start = () => readConfig(definition, replicaEnvironment({ table: table.name, mode: 'both-ways' }));
    expect(start).toThrow(/REPLICA_MODE is malformed: set it to "one-way", "active-active"/);
  });
});
