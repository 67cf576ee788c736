import { PoisonRecordError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { toItem } from '../../services/dynamodb/image.ts';

/**
 * Keys or an image as the SDK wants them. Replication reads no attribute, so this is where one shows that is none.
 *
 * @throws {PoisonRecordError} for an image that no table can hold
 */
export function itemOf(image: AttributeMap): ReturnType<typeof toItem> {
  try {
    return toItem(image);
  } catch (cause) {
    throw new PoisonRecordError('undecodable-record', 'replica: a value of the item is none of DynamoDB', { cause });
  }
}
