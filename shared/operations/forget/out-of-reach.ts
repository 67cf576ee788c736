import { replayHorizonS } from '../../change/replay-horizon.ts';

/** Something that may hold what was to be erased, and that no command can change. */
export interface OutOfReach {
  readonly what: string;
  /** ISO 8601; absent: it does not expire by itself. */
  readonly expiresAt?: string;
}

const hourMs = 3_600_000;

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html (24 hours)
 * @see https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html (24 hours unless it was raised)
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (14 days)
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html (35 days)
 */
export function outOfReach(nowMs: number): readonly OutOfReach[] {
  const after = (hours: number) => new Date(nowMs + hours * hourMs).toISOString();
  return [
    {
      what:
        'records in the table’s stream and in Kinesis (where its retention was raised: longer). Until then a batch ' +
        'that fails or is delivered again can leave them once more: run the command again afterwards',
      expiresAt: after(24),
    },
    {
      what: 'backups: point-in-time recovery of tables, and snapshots of the search domain',
      expiresAt: after(35 * 24),
    },
    {
      what: 'the item’s key and the time of its deletion, in tombstones; without anything else',
      expiresAt: after(replayHorizonS / 3600),
    },
    { what: 'the item’s key in the ledger of mails, emptied, so that no mail is ever sent again' },
    {
      what: 'addresses in events of SES that wait in queues, mostly for seconds',
      expiresAt: after(14 * 24),
    },
    { what: 'mails that were sent, and the account’s own suppression list in SES' },
    { what: 'files that people made: captures, exports, notes' },
  ];
}
