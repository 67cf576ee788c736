import { describe, expect, it } from 'vitest';
import { checkEmail as checkBoth, type SentEmail } from './email.ts';
import type { SourceRecord, StoredItem } from './stored.ts';

const insert = (id: string, email: StoredItem[string], sequenceNumber = '1'): SourceRecord => ({
  shardId: 'shard-0',
  sequenceNumber,
  eventName: 'INSERT',
  eventId: `event-${sequenceNumber}`,
  id,
  newImage: { id: { S: id }, email, name: { S: 'Ada' } },
});
const records = [insert('user-1', { S: 'a@example.com' }), insert('user-2', { S: 'b@example.com' }, '2')];
const mail = (to: string, messageId = to) => ({ messageId, to });
const ledger = (to: string, state: string): StoredItem => ({ to: { S: to }, state: { S: state } });
const both = [mail('a@example.com'), mail('b@example.com')];
const nowhere = { kinesisRecords: [], ledger: [], users: [] };
interface Told {
  records: readonly SourceRecord[];
  outbox: readonly SentEmail[];
  ledger: readonly StoredItem[];
}
const checkEmail = ({ records: kinesisRecords, outbox, ledger: rows }: Told, other: object = nowhere) =>
  checkBoth({ welcoming: { kinesisRecords, ledger: rows, users: [] }, other: { ...nowhere, ...other }, outbox });
const clean = { lost: 0, doubled: 0, diverged: 0, unaccounted: 0 };

describe('checkEmail', () => {
  it('finds nothing where every inserted user got one mail, also one inserted again or seen twice', () => {
    const again = [...records, insert('user-1', { S: 'a@example.com' }, '3')];
    expect(checkEmail({ records: again, outbox: both, ledger: [] })).toMatchObject({ expected: 2, found: 2, ...clean });
  });

  it.each([
    { what: 'a user without a mail as lost', outbox: both.slice(1), finding: { ...clean, lost: 1 } },
    {
      what: 'a second mail as doubled',
      outbox: [...both, mail('a@example.com', '2')],
      finding: { ...clean, doubled: 1 },
    },
    {
      what: 'a mail to nobody inserted as diverged',
      outbox: [...both, mail('c@example.com')],
      finding: { ...clean, diverged: 1 },
    },
  ])('reports $what', ({ outbox, finding }) => {
    expect(checkEmail({ records, outbox, ledger: [] })).toMatchObject(finding);
  });

  it('counts parked and rejected users as accounted for, but not one that still waits to be sent', () => {
    const rows = [ledger('a@example.com', 'parked'), ledger('b@example.com', 'sending')];
    expect(checkEmail({ records, outbox: [], ledger: rows })).toMatchObject({ lost: 1, details: { parked: 1 } });
  });

  it('still reports a parked user that got two mails', () => {
    const outbox = [...both, mail('a@example.com', '2')];
    expect(checkEmail({ records, outbox, ledger: [ledger('a@example.com', 'parked')] })).toMatchObject({ doubled: 1 });
  });

  it('expects no mail for an address of a wrong type', () => {
    expect(checkEmail({ records: [insert('user-3', { N: '42' })], outbox: [], ledger: [] })).toMatchObject({
      ...{ expected: 0, ...clean },
    });
  });

  it('expects a mail to a user of the other region who is still there, and none to one who was gone at once', () => {
    const kinesisRecords = [insert('user-3', { S: 'c@example.com' }), insert('user-4', { S: 'd@example.com' }, '2')];
    const other = { kinesisRecords, users: [{ id: { S: 'user-3' } }] };
    expect(checkEmail({ records, outbox: both, ledger: [] }, other)).toMatchObject({ ...clean, expected: 3, lost: 1 });
  });

  it('reports users that are welcomed by a second region', () => {
    const other = { ledger: [ledger('a@example.com', 'sent')] };
    expect(checkEmail({ records, outbox: both, ledger: [] }, other)).toMatchObject({ ...clean, doubled: 1 });
  });
});
