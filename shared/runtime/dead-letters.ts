import { createHash } from 'node:crypto';
import type { Clock } from '../batch/clock.ts';
import type { DeadLetter, DeadLetterStore } from '../batch/dead-letter.ts';
import { InvariantError } from '../batch/errors.ts';
import type { Position } from '../change/change.ts';
import { isObject } from '../change/raw-json.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import type { Queue } from '../services/sqs/port.ts';

export type DeadLetterState = 'pending' | 'redriven' | 'discarded';

/** A dead letter as its S3 object holds it. */
export interface StoredDeadLetter extends DeadLetter {
  readonly state: DeadLetterState;
  /** ISO 8601, UTC. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** How often the record was refused. */
  readonly attempts: number;
  readonly codeVersion: string;
  /** Whether the notice is out: a crash between object and notice must not lose it. */
  readonly noticed: boolean;
}

export interface DeadLetterDependencies {
  readonly objects: ObjectStore;
  readonly notices: Queue;
  readonly clock: Clock;
  readonly codeVersion: string;
}

/**
 * Keeps dead letters: the whole record in S3, under a key made of its identity, so that the same refusal overwrites
 * itself; then a notice in SQS, which forgets after 14 days at most and is only the bell.
 *
 * A record that was redriven and is refused again is pending again; what a person discarded stays discarded.
 */
export function deadLetterStore({ objects, notices, clock, codeVersion }: DeadLetterDependencies): DeadLetterStore {
  return {
    store: async (deadLetter) => {
      const key = deadLetterKey(deadLetter.consumer, deadLetter.position);
      const earlier = await readableAt(objects, key);
      const now = new Date(clock.nowMs()).toISOString();
      const stored: StoredDeadLetter = {
        ...deadLetter,
        state: earlier?.state === 'discarded' ? 'discarded' : 'pending',
        firstSeenAt: earlier?.firstSeenAt ?? now,
        lastSeenAt: now,
        attempts: (earlier?.attempts ?? 0) + 1,
        codeVersion,
        noticed: earlier?.noticed === true && earlier.state !== 'redriven',
      };
      await write(objects, key, stored);
      if (stored.noticed || stored.state !== 'pending') return;
      await notices.send(notice(key, stored));
      await write(objects, key, { ...stored, noticed: true });
    },
  };
}

/** `dead-letters/<consumer>/<stream>/<shard>/<sequence number>.json` */
export function deadLetterKey(consumer: string, { streamArn, shardId, sequenceNumber }: Position): string {
  // The ARN with its label, because sequence numbers start over with another one; hashed, because of its characters.
  const stream = createHash('sha256').update(streamArn).digest('hex').slice(0, 32);
  return `${deadLetterPrefix(consumer)}${stream}/${shardId ?? 'unnamed-shard'}/${sequenceNumber}.json`;
}

export function deadLetterPrefix(consumer: string): string {
  return `dead-letters/${consumer}/`;
}

export async function listDeadLetterKeys(objects: ObjectStore, consumer: string): Promise<readonly string[]> {
  return objects.list(deadLetterPrefix(consumer));
}

/**
 * Undefined when there is none under this key.
 *
 * @throws {InvariantError} naming the object when it holds something else than a dead letter
 */
export async function getDeadLetter(objects: ObjectStore, key: string): Promise<StoredDeadLetter | undefined> {
  const body = await objects.get(key);
  const letter = readDeadLetter(body);
  if (body === undefined || letter !== undefined) return letter;
  const advice = 'look at it, then remove it from the bucket; until then name the keys of those that you mean';
  throw new InvariantError('invariant', `The object ${key} is no dead letter, or a damaged one: ${advice}.`);
}

/** One that cannot be read counts as none: it is replaced, and the record that is there now is whole. */
async function readableAt(objects: ObjectStore, key: string): Promise<StoredDeadLetter | undefined> {
  return readDeadLetter(await objects.get(key));
}

function readDeadLetter(body: string | undefined): StoredDeadLetter | undefined {
  if (body === undefined) return undefined;
  try {
    const found: unknown = JSON.parse(body);
    return isDeadLetter(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isDeadLetter(value: unknown): value is StoredDeadLetter {
  if (!isObject(value) || !isObject(value.position) || !isObject(value.error) || !('record' in value)) return false;
  const { consumer, position, error, state, firstSeenAt, lastSeenAt, attempts } = value;
  const { streamArn, shardId = '', sequenceNumber } = position;
  const texts = [consumer, streamArn, shardId, sequenceNumber, error.code, error.message, firstSeenAt, lastSeenAt];
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof attempts === 'number' &&
    (state === 'pending' || state === 'redriven' || state === 'discarded')
  );
}

/** @throws {Error} when there is no dead letter under this key */
export async function markDeadLetter(objects: ObjectStore, key: string, state: DeadLetterState): Promise<void> {
  await write(objects, key, { ...(await existing(objects, key)), state });
}

/**
 * Makes a dead letter pending again and sends its notice once more.
 *
 * @throws {Error} when there is no dead letter under this key
 */
export async function requeueDeadLetter(
  { objects, notices }: Pick<DeadLetterDependencies, 'objects' | 'notices'>,
  key: string,
): Promise<void> {
  const stored = await existing(objects, key);
  await write(objects, key, { ...stored, state: 'pending' });
  await notices.send(notice(key, stored));
}

async function existing(objects: ObjectStore, key: string): Promise<StoredDeadLetter> {
  const stored = await getDeadLetter(objects, key);
  if (stored !== undefined) return stored;
  throw new Error(`There is no dead letter ${key}: list them to see which there are.`);
}

async function write(objects: ObjectStore, key: string, stored: StoredDeadLetter): Promise<void> {
  await objects.put({ key, body: JSON.stringify(stored), contentType: 'application/json' });
}

/** Names the object; the record itself stays in S3, where access to personal data is controlled. */
function notice(key: string, { consumer, position, error, firstSeenAt }: StoredDeadLetter): string {
  return JSON.stringify({ key, consumer, position, code: error.code, firstSeenAt });
}
