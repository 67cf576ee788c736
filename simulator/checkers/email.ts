import { emailedAttributes, isAcceptable } from './acceptable.ts';
import { type Finding, isTombstone, type Observed } from './observed.ts';

/** Ends of a ledger row without a mail: stopped for a person to look at, or refused for good. */
const accounted: readonly (string | undefined)[] = ['parked', 'rejected', 'suppressed'];

/** Who was ever inserted in the region of mails has one mail, never two; none only with the ledger's reason. */
export function checkEmail({ regions, mails, ledger }: Observed): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], what: string) => findings.push({ consumer: 'welcome-email', kind, what });
  const sent = new Map<string, number>();
  for (const { to } of mails) sent.set(to, (sent.get(to) ?? 0) + 1);
  const states = new Map(ledger.map((row) => [row.id?.S, row.state?.S]));
  const owed = new Set<string>();
  for (const { newImage, oldImage, id } of regions[0]?.changes ?? []) {
    const appears = newImage !== undefined && !isTombstone(newImage);
    const wasThere = oldImage !== undefined && !isTombstone(oldImage);
    if (appears && !wasThere && isAcceptable(newImage, emailedAttributes) && newImage.email?.S) owed.add(id);
  }
  for (const id of owed) {
    const address = `${id}@example.com`;
    const count = sent.get(address) ?? 0;
    sent.delete(address);
    const state = states.get(id);
    if (count > 1) add('doubled', `${id} got ${count} mails`);
    if (count === 0 && !accounted.includes(state)) add('lost', `${id} got no mail; its ledger row is ${state}`);
    if (count === 0 && (state === 'sent' || state === 'delivered')) add('diverged', `${id} counts as ${state}`);
  }
  for (const [address, count] of sent) add('diverged', `${count} mails went to ${address}, whom nobody inserted`);
  return findings;
}
