import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';
import { itemAnswer, type ProbeAnswer, recordsOf, sequenceNumberOf } from './probe-answer.ts';
import { changed, refused } from './scenario.ts';

export interface StoredObject {
  readonly key: string;
  readonly body: string;
}

/** One invocation, as the probe kept it. */
export interface Recording {
  readonly probe: string;
  readonly atMs: number;
  readonly event: JsonObject;
  readonly answer: ProbeAnswer;
}

export interface FailureObject {
  readonly key: string;
  readonly document: JsonObject;
}

export interface Evidence {
  /** In the order of their invocations. */
  readonly recordings: readonly Recording[];
  readonly failures: readonly FailureObject[];
}

export function readEvidence(stored: {
  readonly recordings: readonly StoredObject[];
  readonly failures: readonly StoredObject[];
}): Evidence {
  const recordings = stored.recordings.map(({ body }) => JSON.parse(body) as Recording);
  return {
    recordings: recordings.toSorted((a, b) => a.atMs - b.atMs),
    failures: stored.failures.map(({ key, body }) => ({ key, document: JSON.parse(body) as JsonObject })),
  };
}

export function invocationsOf({ recordings }: Evidence, probe: string): readonly Recording[] {
  return recordings.filter((recording) => recording.probe === probe);
}

/** Records that the probe was sent, each once. */
export function recordsSentTo(evidence: Evidence, probe: string): readonly JsonObject[] {
  const records = invocationsOf(evidence, probe).flatMap(({ event }) => recordsOf(event));
  return [...new Map(records.map((record) => [sequenceNumberOf(record), record])).values()];
}

/** The event in a failure object: as text, as Lambda's guide has it, or as it is. */
export function payloadOf({ document: { payload } }: FailureObject): JsonObject | undefined {
  const event: unknown = typeof payload === 'string' ? JSON.parse(payload) : payload;
  return isJsonObject(event) ? event : undefined;
}

/** Whether all has happened that the checks look at. */
export function isComplete(evidence: Evidence): boolean {
  const all = ['probe-window', 'probe-plain', 'probe-kinesis'].every(
    (probe) => recordsSentTo(evidence, probe).length >= changed,
  );
  const ended = invocationsOf(evidence, 'probe-window').some(({ event }) => event.isFinalInvokeForWindow === true);
  return all && ended && refusedIn(evidence.failures).size >= refused;
}

/** Sequence numbers of refused records in failure objects. */
export function refusedIn(failures: readonly FailureObject[]): ReadonlySet<string> {
  const records = failures.flatMap((failure) => recordsOf(payloadOf(failure) ?? {}));
  return new Set(records.filter((record) => itemAnswer(record) !== 'ok').map(sequenceNumberOf));
}
