import { contentOf } from './content.ts';
import type { Finding, ObservedRegion } from './observed.ts';

/** Every record that Kinesis took lies in the archive as it was delivered, and nothing that it did not take. */
export function checkArchive({ name, deliveries, archived }: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], place: string) =>
    findings.push({ consumer: 'archive', kind, what: `${name}: ${place}` });
  const held = new Set<string>();
  for (const { shardId, sequenceNumber, record } of deliveries) {
    const place = `${shardId}:${sequenceNumber}`;
    held.add(place);
    const kept = archived.get(place);
    if (kept === undefined) add('lost', place);
    else if (contentOf(kept) !== contentOf(record)) add('diverged', `${place} is kept as another record`);
  }
  for (const place of archived.keys()) if (!held.has(place)) add('diverged', place);
  return findings;
}
