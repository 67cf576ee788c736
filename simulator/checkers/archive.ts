import type { Finding, ObservedRegion } from './observed.ts';

/** Every record that Kinesis took lies in the archive, and nothing that it did not take. */
export function checkArchive({ name, deliveries, archived }: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  const held = new Set(deliveries.map(({ shardId, sequenceNumber }) => `${shardId}:${sequenceNumber}`));
  for (const place of held) {
    if (!archived.has(place)) findings.push({ consumer: 'archive', kind: 'lost', what: `${name}: ${place}` });
  }
  for (const place of archived) {
    if (!held.has(place)) findings.push({ consumer: 'archive', kind: 'diverged', what: `${name}: ${place}` });
  }
  return findings;
}
