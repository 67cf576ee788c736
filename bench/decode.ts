/**
 * Goals G1 and G2: what it costs to read a change, as ratios within one run. Rounds of all variants take turns, each
 * ratio is the median of its rounds, and a variant whose result is not the expected one stops the run.
 */
import { isDeepStrictEqual } from 'node:util';
import { NumberValueImpl, unmarshall } from '@aws-sdk/util-dynamodb';
import { describeCommand, readArguments } from '../local/command-line.ts';
import type { AttributeMap } from '../shared/change/attribute-value.ts';
import { type DecodedItem, decodeImage } from '../shared/change/decode.ts';
import { ExactNumber } from '../shared/change/exact-number.ts';
import { parseStreamRecord } from '../shared/change/from-stream.ts';
import { readDecimal, readString } from '../shared/change/read-attribute.ts';

const recordCount = 1_000;
const rounds = 60;
const context = { region: 'eu-west-1', shardId: 'shardId-1' };

interface Body {
  readonly NewImage?: AttributeMap;
  readonly OldImage?: AttributeMap;
}
interface Event {
  readonly Records: readonly { readonly dynamodb: Body }[];
}

readArguments(
  describeCommand({
    name: 'npm run bench:decode --',
    description: 'Measures what it costs to read a change: against JSON.parse, and against the SDK.',
    examples: ['npm run bench:decode'],
  }),
);
const text = JSON.stringify({ Records: Array.from({ length: recordCount }, (_, at) => record(at)) });
const event: Event = JSON.parse(text);
const images = event.Records.flatMap(({ dynamodb }) => [dynamodb.OldImage ?? [], dynamodb.NewImage ?? []].flat());
assertAlike();

const timesMs = measure({
  parse: () => JSON.parse(text).Records.length,
  read: () => event.Records.reduce((sum, raw) => sum + readWhatConsumersNeed(raw), 0),
  decode: () => images.reduce((sum, image) => sum + Object.keys(decodeImage(image, 'newImage')).length, 0),
  unmarshall: () => images.reduce((sum, image) => sum + Object.keys(unmarshall(sdkItem(image))).length, 0),
  lossless: () =>
    images.reduce((sum, image) => sum + Object.keys(unmarshall(sdkItem(image), { wrapNumbers: true })).length, 0),
});
verdict('G1: route and read what consumers need / JSON.parse', ratio('read', 'parse'), { most: 0.1 });
verdict('G2: unmarshall / lossless decode', ratio('unmarshall', 'decode'), { least: 4 });
verdict('G2: unmarshall with wrapped numbers / lossless decode', ratio('lossless', 'decode'), { least: 4 });

type Variant = 'parse' | 'read' | 'decode' | 'unmarshall' | 'lossless';

function measure(variants: Readonly<Record<Variant, () => number>>): Readonly<Record<Variant, readonly number[]>> {
  const times: Record<Variant, number[]> = { parse: [], read: [], decode: [], unmarshall: [], lossless: [] };
  const entries = Object.entries(variants) as [Variant, () => number][];
  for (let round = -10; round < rounds; round += 1) {
    for (const [name, run] of entries) {
      const startedMs = performance.now();
      if (run() === 0) throw new Error(`${name} read nothing.`);
      // The first ones only warm the compiler.
      if (round >= 0) times[name].push(performance.now() - startedMs);
    }
  }
  return times;
}

function ratio(of: Variant, to: Variant): number {
  const ratios = timesMs[of].map((timeMs, round) => timeMs / (timesMs[to][round] ?? Number.NaN));
  return ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
}

function verdict(what: string, value: number, goal: { readonly most: number } | { readonly least: number }): void {
  const [isMet, said] =
    'most' in goal ? [value <= goal.most, `<= ${goal.most}`] : [value >= goal.least, `>= ${goal.least}`];
  console.log(`${what.padEnd(58)}${value.toFixed(2).padStart(6)}  goal ${said}: ${isMet ? 'met' : 'MISSED'}`);
}

/** Where it goes, whether anything changed, and the attributes that the consumers of `users` look at. */
function readWhatConsumersNeed(raw: unknown): number {
  const change = parseStreamRecord(raw, context);
  let found = 0;
  for (const image of [change.oldImage, change.newImage]) {
    for (const name of ['country', 'plan', 'status', 'createdAt']) {
      if (readString(image, name, 'newImage') !== undefined) found += 1;
    }
    if (readDecimal(image, 'balance', 'newImage') !== undefined) found += 1;
  }
  return found + (change.op === 'modify' ? 1 : 0);
}

/** As people call it: with the image of a Lambda event. */
function sdkItem(image: AttributeMap): Parameters<typeof unmarshall>[0] {
  return image as Parameters<typeof unmarshall>[0];
}

function assertAlike(): void {
  for (const image of images) {
    const [own, theirs] = [plain(decodeImage(image, 'newImage')), unmarshall(sdkItem(image), { wrapNumbers: true })];
    if (!isDeepStrictEqual(own, plain(theirs))) throw new Error('The two decode an image differently.');
  }
}

/** Numbers as text, binary as base64, as both can show them. */
function plain(value: DecodedItem | unknown): unknown {
  if (value instanceof ExactNumber) return `number ${value.text}`;
  if (value instanceof NumberValueImpl) return `number ${value.value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Set) return new Set([...value].map(plain));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

/** 30 of 100 inserts, 60 modifies, 10 removes. */
function record(at: number): object {
  const place = (at * 37) % 100;
  const eventName = place < 30 ? 'INSERT' : place < 90 ? 'MODIFY' : 'REMOVE';
  return {
    ...{ eventID: at.toString(16).padStart(32, '0'), eventName, eventVersion: '1.1', eventSource: 'aws:dynamodb' },
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_268_800 + at,
      Keys: { id: { S: `user-${at}` } },
      ...(eventName === 'REMOVE' ? {} : { NewImage: image(at, 1) }),
      ...(eventName === 'INSERT' ? {} : { OldImage: image(at, 0) }),
      ...{ SequenceNumber: String(10n ** 20n + BigInt(at)), SizeBytes: 1_000, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
    eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-01-01T00:00:00.000',
  };
}

/** Twenty attributes of all kinds that users have. */
function image(at: number, version: number): AttributeMap {
  return {
    id: { S: `user-${at}` },
    email: { S: `somebody.${at}@example.com` },
    name: { S: 'Ada Lovelace of Ockham Park' },
    country: { S: ['DE', 'FR', 'GB', 'IT'][at % 4] ?? 'DE' },
    plan: { S: version === 0 ? 'free' : 'pro' },
    status: { S: 'active' },
    createdAt: { S: '2026-01-01T12:00:00.000Z' },
    updatedAt: { S: `2026-01-01T12:00:0${version}.000Z` },
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
