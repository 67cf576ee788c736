import { keyText } from '../../change/key-text.ts';
import { changeIn } from '../explain/failures-of.ts';
import { listFailureObjects } from '../failures/failure-objects.ts';
import { listDeadLetters } from '../failures/list-dead-letters.ts';
import type { TargetRegion } from '../target.ts';

/** The items of which failures of a consumer hold a change, by the text of their keys, with which failure it is. */
export async function knownFailures(region: TargetRegion, consumer: string): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  const note = (record: unknown, failure: string) => {
    const change = changeIn(record, region.name);
    if (change !== undefined) known.set(keyText(change.keys), failure);
  };
  for (const { key, batch, condition, state } of await listFailureObjects(region, { consumer })) {
    for (const { record } of batch.records) note(record, `failure object, ${state}: ${condition}, ${key}`);
  }
  for (const { key, letter } of await listDeadLetters(region, { consumer })) {
    note(letter.record, `dead letter, ${letter.state}: ${letter.error.code}, ${key}`);
  }
  return known;
}
