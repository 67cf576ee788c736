import { isDeepStrictEqual } from 'node:util';
import type { AttributeMap } from '../event.ts';
import type { SourceRecord } from '../source.ts';
import { type DynamoDbOrigin, dynamoDbRecord } from '../sources/dynamodb-streams.ts';
import { itemSizeBytes } from './item-size.ts';

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** A write to a table: the item before and after it, whole. */
export interface TableChange {
  readonly keys: AttributeMap;
  /** Absent when the item was not there. */
  readonly oldImage?: AttributeMap;
  /** Absent when the write removed the item. */
  readonly newImage?: AttributeMap;
  /** Removed by its time to live, in this region: a removal that was replicated looks like a user's. */
  readonly expired?: boolean;
}

/**
 * The record that the write leaves in the table's stream; none when it changed nothing. The stream's view type decides
 * which images it carries, and not whether there is a record.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export function tableChangeRecord(
  change: TableChange,
  place: DynamoDbOrigin & { sequenceNumber: string; arrivalMs: number; viewType?: StreamViewType },
): SourceRecord | undefined {
  const { keys, oldImage, newImage } = change;
  if (isDeepStrictEqual(oldImage, newImage)) return undefined;
  const { viewType = 'NEW_AND_OLD_IMAGES', sequenceNumber, arrivalMs } = place;
  const images = {
    ...(newImage && viewType.startsWith('NEW') ? { NewImage: newImage } : {}),
    ...(oldImage && /OLD_IMAGE/.test(viewType) ? { OldImage: oldImage } : {}),
  };
  const sizes = [keys, ...Object.values(images)].map(itemSizeBytes);
  return dynamoDbRecord(
    {
      eventName: changeName(change),
      dynamodb: {
        ApproximateCreationDateTime: arrivalMs / 1000,
        Keys: keys,
        ...images,
        SequenceNumber: sequenceNumber,
        SizeBytes: sizes.reduce((sum, size) => sum + size, 0),
        StreamViewType: viewType,
      },
      ...(change.expired ? { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } } : {}),
    },
    place,
  );
}

/** As both kinds of stream call it. */
export function changeName({ oldImage, newImage }: TableChange): 'INSERT' | 'MODIFY' | 'REMOVE' {
  if (!oldImage) return 'INSERT';
  return newImage ? 'MODIFY' : 'REMOVE';
}
