import { createHash } from 'node:crypto';
import type { RecordedBatch } from '../batch/recorded-batch.ts';
import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import { type MaskOptions, maskAddress, maskFields, maskImage } from './masking.ts';
import type { Effect } from './replay-effects.ts';

/** An effect of a replay as people may see it: what a batch holds of a person is masked, as in the batch itself. */
export function maskEffect(effect: Effect, options: MaskOptions): Effect {
  if (effect.kind === 'document') return { ...effect, document: maskFields(effect.document, options) };
  if (effect.kind === 'email') return { ...effect, to: maskAddress(effect.to, options.key), subject: 'masked' };
  if (effect.kind === 'row') return { ...effect, item: maskRow(effect.item, options) };
  return effect;
}

/** A row is an image of the table itself, or holds some. */
function maskRow(item: AttributeMap, options: MaskOptions): AttributeMap {
  const isImage = Object.hasOwn(item, options.table.partitionKey.name);
  if (isImage) return maskImage(item, options);
  const entries = Object.entries(item).map(([name, value]): [string, AttributeValue] => {
    const nested = 'M' in value ? value.M : undefined;
    return [name, nested === undefined ? value : { M: maskRow(nested, options) }];
  });
  return Object.fromEntries(entries);
}

/**
 * A key that is the same whenever a batch is replayed, so that results can be compared. Who could work it out has the
 * batch itself.
 */
export function maskKeyOf([batch]: readonly RecordedBatch[]): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify(batch?.records[0]?.record ?? null))
    .digest();
}
