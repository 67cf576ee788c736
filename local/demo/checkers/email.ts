/** Compares the outbox of the mail service with the users ever inserted: one mail each, none twice, none else. */
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord, StoredItem } from './stored.ts';
import { emailedAttributes, invalidAttributes } from './users.ts';

export interface SentEmail {
  readonly messageId: string;
  readonly to: string;
}

export interface EmailState {
  readonly welcoming: EmailRegion;
  readonly other: EmailRegion;
  readonly outbox: readonly SentEmail[];
}

interface EmailRegion {
  /** Everything that was ever in the region's Kinesis stream. */
  readonly kinesisRecords: readonly SourceRecord[];
  readonly ledger: readonly StoredItem[];
  readonly users: readonly StoredItem[];
}

/** Ends of a ledger row without a mail: stopped for a person to look at, or refused by the mail service for good. */
const accountedStates = ['parked', 'rejected', 'suppressed'];

/**
 * Whoever was inserted in the region that welcomes, in whichever region first, has one mail from there. Who was
 * inserted in the other region and is still there must have come over; who was gone before that gets none.
 */
export function checkEmail({ welcoming, other, outbox }: EmailState): Finding {
  const finding = createFinding('welcome-email', 'emails');
  const { ledger } = welcoming;
  const stayed = new Set(other.users.map(({ id }) => id?.S));
  const addresses = new Map([
    ...[...insertedAddresses(other.kinesisRecords)].filter(([id]) => stayed.has(id)),
    ...insertedAddresses(welcoming.kinesisRecords),
  ]);
  if (other.ledger.length > 0) finding.add('doubled', 'users are welcomed in a second region', other.ledger.length);
  const stateByAddress = new Map(ledger.map((row) => [row.to?.S ?? '', row.state?.S ?? '']));
  const mailsByAddress = Map.groupBy(outbox, ({ to }) => to);
  const details: Record<string, number> = { parked: 0, rejected: 0, suppressed: 0 };
  for (const [id, address] of addresses) {
    const mails = mailsByAddress.get(address)?.length ?? 0;
    mailsByAddress.delete(address);
    const state = stateByAddress.get(address);
    if (state !== undefined && accountedStates.includes(state)) details[state] = (details[state] ?? 0) + 1;
    else if (mails === 0) finding.add('lost', `${id} got no mail; its ledger row is ${state ?? 'missing'}`);
    if (mails > 1) finding.add('doubled', `${id} got ${mails} mails`, mails - 1);
  }
  for (const mails of mailsByAddress.values()) {
    finding.add('diverged', 'mails went to an address that no acceptable insert has', mails.length);
  }
  return finding.finish({ expected: addresses.size, found: outbox.length, details });
}

function insertedAddresses(records: readonly SourceRecord[]): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const { eventName, id, newImage } of records) {
    if (eventName !== 'INSERT' || newImage === undefined) continue;
    if (invalidAttributes(newImage, emailedAttributes).length > 0) continue;
    const address = newImage.email?.S;
    if (address !== undefined) addresses.set(id, address);
  }
  return addresses;
}
