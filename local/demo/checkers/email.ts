/** Compares the outbox of the mail service with the users ever inserted: one mail each, none twice, none else. */
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord, StoredItem } from './stored.ts';
import { emailedAttributes, invalidAttributes } from './users.ts';

export interface SentEmail {
  readonly messageId: string;
  readonly to: string;
}

export interface EmailState {
  /** Everything that was ever in the Kinesis stream. */
  readonly records: readonly SourceRecord[];
  readonly outbox: readonly SentEmail[];
  readonly ledger: readonly StoredItem[];
}

/** Ends of a ledger row without a mail: stopped for a person to look at, or refused by the mail service for good. */
const accountedStates = ['parked', 'rejected', 'suppressed'];

export function checkEmail({ records, outbox, ledger }: EmailState): Finding {
  const finding = createFinding('welcome-email', 'emails');
  const addresses = insertedAddresses(records);
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
