import { emailedAttributes, isAcceptable } from './acceptable.ts';
import { type Finding, isTombstone, type Observed } from './observed.ts';

/**
 * Who was ever inserted in the region of mails has one mail, never two; none only where an attempt stayed silent and a
 * person is to look at it. No address is refused for good here, none is suppressed.
 */
export function checkEmail({ onSilence, isMailDisturbed, regions, mails, ledger }: Observed): Finding[] {
  const canBeSilent = onSilence === 'park' && isMailDisturbed;
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], what: string) => findings.push({ consumer: 'welcome-email', kind, what });
  const sent = new Map<string, number>();
  for (const { to } of mails) sent.set(to, (sent.get(to) ?? 0) + 1);
  const rows = new Map(ledger.map((row) => [row.id?.S, row]));
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
    const row = rows.get(id);
    const state = row?.state?.S;
    // An attempt that was answered leaves its code.
    const isSilent = state === 'parked' && Number(row?.attempt?.N) > 0 && row?.code === undefined;
    if (count > 1) add('doubled', `${id} got ${count} mails`);
    if (count === 0 && !(canBeSilent && isSilent)) add('lost', `${id} got no mail; its ledger row is ${state}`);
    if (count === 0 && (state === 'sent' || state === 'delivered')) add('diverged', `${id} counts as ${state}`);
  }
  for (const [address, count] of sent) add('diverged', `${count} mails went to ${address}, whom nobody inserted`);
  return findings;
}
