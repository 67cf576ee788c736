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
import { medianRatio, verdict } from './figures.ts';
import { userImage, userRecord } from './user-image.ts';

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
  return medianRatio(timesMs[of], timesMs[to]);
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
  return userRecord(at, {
    key: { id: { S: `user-${at}` } },
    ...(place < 90 && { newImage: image(at, 1) }),
    ...(place >= 30 && { oldImage: image(at, 0) }),
  });
}

function image(at: number, version: number): AttributeMap {
  return userImage(at, { version, country: ['DE', 'FR', 'GB', 'IT'][at % 4] ?? 'DE' });
}
