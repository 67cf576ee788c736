import { describe, expect, it } from 'vitest';
import { type AccountingState, checkAccounting } from './accounting.ts';
import type { SourceRecord } from './stored.ts';

const record = (sequenceNumber: string, name: SourceRecord['newImage'] = {}, eventName = 'MODIFY'): SourceRecord => ({
  ...{ shardId: 'shard-0', sequenceNumber, eventName, eventId: sequenceNumber, id: 'user-1', newImage: name },
});
const place = (sequenceNumber: string) => ({ shardId: 'shard-0', sequenceNumber });
const check = (state: Partial<AccountingState>) =>
  checkAccounting({
    consumer: 'search-index',
    records: [record('9'), record('10')],
    positions: new Map([['shard-0', '10']]),
    failureObjects: [],
    deadLetters: [],
    ...state,
  });
const poison = record('10', { name: { N: '42' } });

describe('checkAccounting', () => {
  it('finds nothing where every record is behind its shard’s position, compared as numbers', () => {
    expect(check({})).toMatchObject({ expected: 2, found: 2, unaccounted: 0 });
  });

  it.each([
    { what: 'a record the consumer has not reached', state: { positions: new Map([['shard-0', '9']]) } },
    { what: 'records of a shard without a position', state: { records: [{ ...record('1'), shardId: 'shard-1' }] } },
    { what: 'poison that is no dead letter', state: { records: [poison] } },
    { what: 'a dead letter that should have been accepted', state: { deadLetters: [place('9')] } },
    { what: 'a dead letter of no record', state: { deadLetters: [place('11')] } },
  ])('reports $what', ({ state }) => {
    expect(check(state)).toMatchObject({ unaccounted: 1 });
  });

  it('accepts a record inside a failure object, and poison with its dead letter', () => {
    const positions = new Map([['shard-0', '9']]);
    const failureObjects = [{ shardId: 'shard-0', first: '10', last: '12' }];
    expect(check({ positions, failureObjects })).toMatchObject({ unaccounted: 0 });
    expect(check({ records: [poison], deadLetters: [place('10')] })).toMatchObject({
      ...{ unaccounted: 0, details: { poison: 1, deadLetters: 1 } },
    });
  });

  it('knows what each consumer cannot accept', () => {
    const insert = record('10', { email: { N: '42' } }, 'INSERT');
    expect(check({ consumer: 'welcome-email', records: [insert] })).toMatchObject({ unaccounted: 1 });
    expect(check({ consumer: 'welcome-email', records: [{ ...insert, eventName: 'MODIFY' }] }).unaccounted).toBe(0);
    expect(check({ consumer: 'aggregates', records: [insert] })).toMatchObject({ unaccounted: 0 });
  });
});
