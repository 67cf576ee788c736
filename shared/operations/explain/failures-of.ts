import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import { parseKinesisRecord } from '../../change/from-kinesis.ts';
import { parseStreamRecord } from '../../change/from-stream.ts';
import { keyText } from '../../change/key-text.ts';
import { isObject } from '../../change/raw-json.ts';
import { listFailureObjects } from '../failures/failure-objects.ts';
import { listDeadLetters } from '../failures/list-dead-letters.ts';
import type { TargetRegion } from '../target.ts';
import type { FailureExplanation } from './explanation.ts';

/** The failures that hold a change of the item, whatever their state. */
export async function failuresOf(region: TargetRegion, keys: AttributeMap): Promise<readonly FailureExplanation[]> {
  const wanted = keyText(keys);
  const concerns = (record: unknown) => {
    const change = changeIn(record, region.name);
    return change !== undefined && keyText(change.keys) === wanted;
  };
  const letters = (await listDeadLetters(region, {})).filter(({ letter }) => concerns(letter.record));
  const objects = (await listFailureObjects(region, {})).filter(({ batch }) =>
    batch.records.some(({ record }) => concerns(record)),
  );
  return [
    ...letters.map(({ key, letter: { consumer, state, error } }) => {
      return { consumer, kind: 'dead letter' as const, key, state, why: `${error.code}: ${error.message}` };
    }),
    ...objects.map(({ key, consumer, state, condition }) => {
      return { consumer, kind: 'failure object' as const, key, state, why: condition };
    }),
  ];
}

/** Undefined for what cannot be read: of whom it tells, nobody knows. */
export function changeIn(record: unknown, region: string): Change | undefined {
  try {
    const isKinesis = isObject(record) && record.kinesis !== undefined;
    return isKinesis ? parseKinesisRecord(record, { region }) : parseStreamRecord(record, { region });
  } catch {
    return undefined;
  }
}
