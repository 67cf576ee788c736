import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../shared/runtime/config.ts';
import { dynamoDbTwin } from '../../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { conflictsTable } from '../../shared/sinks/replica/resources.ts';
import { baseServices, invocationContext } from '../../shared/testing/base-services.ts';
import { deadLetterBox, noFaults } from '../../shared/testing/fake-sinks.ts';
import { hiddenInStream } from '../../shared/testing/hidden-records.ts';
import { damaged, hostileRecords } from '../../shared/testing/hostile-records.ts';
import { streamRecords } from '../../shared/testing/record-builder.ts';
import { replicaEnvironment } from '../../shared/testing/replica-environment.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { create } from './handler.ts';

/** Records that no stream of ours should hold, between good ones, and stamps at the end of all time. */
const runs = { seed: 8, numRuns: 400 };
const last = '9999999999999999/99999/zz-last-9___________';
const stamps = fc.constantFrom(
  last,
  last.replace('zz-last-9', '---------'),
  '0000000000000000/00000/eu-west-1___________',
);
const user = (id: string, at: number) => {
  return { id, email: `${id}@example.com`, _v: `176722560000000${at}/00000/eu-central-1________` };
};

const stamped = fc.tuple(stamps, stamps, fc.constantFrom('insert', 'modify', 'remove', 'expire')).map(([a, b, op]) => {
  const { insert, modify, remove, expire } = streamRecords();
  const [before, after] = [
    { ...user('bad', 1), _v: a },
    { ...user('bad', 2), _v: b, name: 'x' },
  ];
  return { insert: insert(after), modify: modify(before, after), remove: remove(before), expire: expire(before) }[op];
});
const damagedUsers = fc.tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat()).map(([value, place]) => {
  return damaged(streamRecords().modify(user('bad', 1), { ...user('bad', 2), tags: ['a', { b: 1n }] }), value, place);
});

describe.each(['active-active', 'one-way'])('%s, given hostile records among good ones', (mode) => {
  it('copies every good one and holds up nothing: the others become dead letters', async () => {
    const hostile = fc.oneof(hostileRecords, stamped, damagedUsers);
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 3 }), async (contents) => {
        const { invoke, copies, letters } = region(mode);
        const build = streamRecords();
        const good = contents.map((_, at) => build.insert(user(`good-${at}`, 1)));
        const bad = contents.map((content) => hiddenInStream(content, build.insert(user('bad', 3))));
        const event = { Records: good.flatMap((record, at) => [record, bad[at]]) };
        expect(await invoke(event, invocationContext)).toEqual({ batchItemFailures: [] });
        for (const [at] of good.entries()) expect(copies()).toContain(`good-${at}`);
        const numbers = good.map(({ dynamodb }) => dynamodb.SequenceNumber);
        for (const { position } of letters.values()) expect(numbers).not.toContain(position.sequenceNumber);
      }),
      runs,
    );
  });
});

function region(mode: string) {
  const dynamodb = dynamoDbTwin({ tables: [table, conflictsTable] });
  const remoteDynamodb = dynamoDbTwin({ tables: [table] });
  const { store, letters } = deadLetterBox(noFaults);
  const environment = replicaEnvironment({ table: table.name, mode });
  const services = baseServices({ consumer: definition.name, values: {}, deadLetters: store });
  const invoke = create({ ...services, config: readConfig(definition, environment), dynamodb, remoteDynamodb });
  return { invoke, letters, copies: () => remoteDynamodb.items(table.name).map(({ id }) => id?.S) };
}
