import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeBatchFile } from '../shared/batch/recorded-batch.ts';
import { keyText } from '../shared/change/key-text.ts';
import { readPosition } from '../shared/change/position.ts';
import { explain } from '../shared/operations/explain/explain.ts';
import { itemKeys } from '../shared/operations/item-key.ts';
import { maskImage } from '../shared/operations/masking.ts';
import { deadLetterStore } from '../shared/runtime/dead-letters.ts';
import { type OperatedTarget, operatedTarget } from '../shared/testing/operated-target.ts';
import { kinesisRecords } from '../shared/testing/record-builder.ts';
import { totals } from './aggregates/totals.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const secret = 'ada@personal.example';
const ada = { id: 'u-1', email: secret, name: 'Ada', country: 'GB', balance: 5 };
let world: OperatedTarget;

beforeEach(() => {
  world = operatedTarget({ table, registry });
});

async function explained() {
  const { regions, findings } = await explain({
    ...{ target: world.target, keys: itemKeys(['u-1'], table), table, totals, clock: world.clock },
    archiveMs: 3_600_000,
    shown: (image) => maskImage(image, { table, key: Buffer.from('test') }),
  });
  const [region] = regions;
  if (region === undefined) throw new Error('There is no region');
  return { region, findings };
}

async function putAda(): Promise<void> {
  const Item = { id: { S: 'u-1' }, email: { S: secret }, country: { S: 'GB' }, balance: { N: '5' } };
  await world.dynamodb.putItem({ TableName: table.name, Item });
}

describe('explain', () => {
  it('tells of an item that nobody has seen', async () => {
    const { region, findings } = await explained();
    expect(region).toMatchObject({
      item: { state: 'gone' },
      document: { state: 'missing' },
      countsIn: [],
      failures: [],
    });
    expect(findings).toEqual([]);
  });

  it('tells what the item counts in, and shows it masked', async () => {
    await putAda();
    const { region } = await explained();
    expect(region.item.state).toBe('live');
    expect(JSON.stringify(region)).not.toContain(secret);
    expect(region.countsIn).toContainEqual({ total: 'users-by-country', group: 'GB', sum: '5' });
  });

  it('names the dead letter because of which a user got no email, with the command that redrives it', async () => {
    await putAda();
    const record = kinesisRecords({ tableName: table.name }).insert(ada);
    const position = readPosition(record);
    if (position === undefined) throw new Error('The record has no position');
    const store = deadLetterStore({
      ...{ objects: world.failures, notices: world.notices, clock: world.clock },
      codeVersion: 'test',
    });
    const error = { code: 'sink-rejected', message: 'for a reason' } as const;
    await store.store({ consumer: 'welcome-email', position, record, error });
    const { region, findings } = await explained();
    expect(region.email).toEqual({ state: 'none', attempts: 0 });
    expect(region.failures).toMatchObject([{ consumer: 'welcome-email', kind: 'dead letter', state: 'pending' }]);
    const [key] = region.failures.map((failure) => failure.key);
    expect(findings.join('\n')).toContain(`dead-letters redrive --scope record ${key}`);
    expect(findings.join('\n')).toContain('no email is owed');
  });

  it('tells its recent changes from the archive, each once and in order', async () => {
    const records = kinesisRecords({ tableName: table.name });
    const at = (ms: number) => ({ createdAtMicroseconds: BigInt(world.now.ms + ms) * 1000n, eventId: `change-${ms}` });
    const changes = [records.insert(ada, at(1)), records.modify(ada, { ...ada, country: 'DE' }, at(2))];
    const others = [records.insert({ ...ada, id: 'u-2' }, at(3))];
    const delivered = [...changes.toReversed(), ...changes, ...others];
    const body = gzipSync(
      writeBatchFile({
        header: { source: 'kinesis', streamArn: 'arn', redaction: 'none' },
        records: delivered.map((record) => ({ record })),
      }),
    );
    await world.archive.put({ key: 'archive/users/2026/01/01/12/shard/1-9.jsonl.gz', body, contentType: 'gzip' });
    await world.archive.put({ key: 'archive/users/2025/01/01/12/shard/1-9.jsonl.gz', body: 'x', contentType: 'gzip' });
    const { region } = await explained();
    expect(region.changes.map(({ op, newImage }) => [op, newImage?.country])).toEqual([
      ['insert', { S: 'GB' }],
      ['modify', { S: 'DE' }],
    ]);
  });

  it('tells all versions that lost to another region, also those beyond the megabyte of one answer', async () => {
    const item = { S: keyText(itemKeys(['u-1'], table)) };
    const loser = { M: { about: { S: 'a'.repeat(300_000) } } };
    const versions = ['1', '2', '3', '4', '5', '6'];
    for (const version of versions) {
      const Item = { item, loser, version: { S: version }, reason: { S: 'later clock' } };
      await world.dynamodb.putItem({ TableName: 'replica-conflicts', Item });
    }
    const { region } = await explained();
    expect(region.lost).toEqual(versions.map((version) => ({ version, reason: 'later clock', at: '' })));
  });

  it('asks for the keys that the table has', () => {
    expect(() => itemKeys(['u-1', 'more'], table)).toThrow('An item of users is named by its id');
  });
});
