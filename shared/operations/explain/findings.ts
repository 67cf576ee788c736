import type { RegionExplanation } from './explanation.ts';

/** What follows from the states of an item, in the words of whoever asks "why did this user get no email?". */
export function findingsOf(regions: readonly RegionExplanation[]): readonly string[] {
  const findings = regions.flatMap((region) => [...failureFindings(region), ...sinkFindings(region)]);
  const stamps = new Set(regions.map(({ item }) => item.stamp ?? item.state));
  const differ = regions.length > 1 && stamps.size > 1;
  return [...findings, ...(differ ? ['The regions hold different versions: replication has not finished.'] : [])];
}

function failureFindings({ region, failures }: RegionExplanation): string[] {
  return failures
    .filter(({ state }) => state === 'pending')
    .map(({ consumer, kind, why, key }) => {
      const scope = kind === 'dead letter' ? 'record' : 'batch';
      const command = `tributary dead-letters redrive --scope ${scope} ${key}`;
      return `${region}: ${consumer} gave up on a change of it (${why}); \`${command}\` brings it in.`;
    });
}

const whyEmail: Readonly<Record<string, string>> = {
  none: 'no email is owed: its insert has not been read yet, was a dead letter, or was older than a week',
  reserved: 'the email is owed and will be sent by the settler',
  sending: 'an attempt to send the email is under way, or nothing was heard of it yet',
  refused: 'the mail service refused the email for now: it is tried again',
  rejected: 'the mail service will never take the email: see its address',
  parked: 'nothing was heard of an attempt to send the email: a person decides',
  suppressed: 'the address bounced for good or complained before: nothing is sent to it',
  waived: 'no email is owed, and somebody has said that this is right',
  bounced: 'the email came back',
  complained: 'the recipient marked the email as spam',
};

function sinkFindings({ region, item, document, email, lost }: RegionExplanation): string[] {
  const findings: string[] = [];
  const emailed = email && whyEmail[email.state];
  if (emailed !== undefined && !(email?.state === 'none' && item.state === 'gone')) findings.push(emailed);
  if (document !== undefined && item.state === 'live' && document.state !== 'current') {
    findings.push('the item is not to be found: its document is missing, or still that of its deletion');
  }
  if (document?.state === 'current' && item.state !== 'live') findings.push('it is found although the item is gone');
  if (lost.length > 0) findings.push(`${lost.length} of its versions lost to one written in the other region`);
  return findings.map((finding) => `${region}: ${finding}.`);
}
