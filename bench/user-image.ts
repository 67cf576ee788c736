import type { StreamRecord } from '../local/engines/dynamodb-stream-source.ts';
import type { AttributeMap } from '../shared/change/attribute-value.ts';

const eventSourceARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-01-01T00:00:00.000';

/** Twenty attributes of all kinds that users have. */
export function userImage(
  at: number,
  { version, country, stamp }: { readonly version: number; readonly country: string; readonly stamp?: string },
): AttributeMap {
  return {
    ...(stamp !== undefined && { _v: { S: stamp } }),
    id: { S: `user-${at}` },
    email: { S: `somebody.${at}@example.com` },
    name: { S: 'Ada Lovelace of Ockham Park' },
    country: { S: country },
    plan: { S: version === 0 ? 'free' : 'pro' },
    status: { S: 'active' },
    createdAt: { S: '2026-01-01T12:00:00.000Z' },
    updatedAt: { S: `2026-01-01T12:00:${String(version % 60).padStart(2, '0')}.000Z` },
    logins: { N: String(at) },
    balance: { N: `${at * 17}.${(at % 90) + 10}` },
    precise: { N: '12345678.12345' },
    isVerified: { BOOL: at % 2 === 0 },
    referrer: { NULL: true },
    roles: { SS: ['reader', 'writer'] },
    scores: { NS: ['1', '2.5', '42'] },
    avatarHash: { B: 'q83vASNFZ4mrze8BI0VniQ==' },
    address: { M: { city: { S: 'London' }, geo: { M: { latitude: { N: '51.5074' }, longitude: { N: '-0.1278' } } } } },
    devices: {
      L: [
        { M: { kind: { S: 'phone' }, seenAt: { N: '1767268800' } } },
        { M: { kind: { S: 'laptop' }, seenAt: { N: '1767268801' } } },
      ],
    },
    bio: { S: 'Writes about machines that weave algebraic patterns.' },
    language: { S: 'en' },
  };
}

/** A record of the table's stream as Lambda delivers it. */
export type UserRecord = StreamRecord & { readonly eventSourceARN: string };

/** @param at its place in its shard */
export function userRecord(
  at: number,
  images: { readonly key: AttributeMap; readonly oldImage?: AttributeMap; readonly newImage?: AttributeMap },
): UserRecord {
  const { key, oldImage, newImage } = images;
  const eventName = oldImage === undefined ? 'INSERT' : newImage === undefined ? 'REMOVE' : 'MODIFY';
  const dynamodb = {
    ...{ ApproximateCreationDateTime: 1_767_268_800 + at, Keys: key },
    ...(newImage && { NewImage: newImage }),
    ...(oldImage && { OldImage: oldImage }),
    ...{ SequenceNumber: String(10n ** 20n + BigInt(at)), SizeBytes: 1_000 },
    StreamViewType: 'NEW_AND_OLD_IMAGES' as const,
  };
  const source = { eventSource: 'aws:dynamodb' as const, eventVersion: '1.1', awsRegion: 'eu-west-1', eventSourceARN };
  return { eventID: at.toString(16).padStart(32, '0'), eventName, ...source, dynamodb };
}
