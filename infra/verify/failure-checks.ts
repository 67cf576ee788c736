import { isJsonObject } from '../../shared/services/opensearch/json.ts';
import type { Check } from './check.ts';
import { type Evidence, invocationsOf, payloadOf, type Recording, refusedIn } from './evidence.ts';
import { itemAnswer, recordsOf, sequenceNumberOf } from './probe-answer.ts';
import { refused } from './scenario.ts';

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg';

/** What becomes of batches that fail, on the mapping that has a window, partial responses and bisecting at once. */
export const failureChecks: readonly Check[] = [
  {
    name: 'after a partial response the batch comes again from the record that was named, and no earlier',
    source: `${lambda}/services-ddb-batchfailurereporting.html`,
    judge: (evidence) => {
      const named = windowed(evidence).filter((each) => namedIn(each) !== undefined && positionOfNamed(each) > 0);
      const wrong = named.filter((each) => numbersOf(nextWith(evidence, each, namedIn(each)))[0] !== namedIn(each));
      return {
        problems: [
          ...(named.length === 0 ? ['no response named a record with others before it'] : []),
          ...wrong.map(
            (each) => `after ${numbersOf(each).length} records with the named one at ${positionOfNamed(each)}`,
          ),
        ],
        seen: sizes(evidence, named, namedIn),
      };
    },
  },
  {
    name: 'after an error the batch comes again in parts, from its first record',
    source: `${lambda}/services-dynamodb-errors.html`,
    judge: (evidence) => {
      const thrown = windowed(evidence).filter((each) => each.answer.kind === 'threw' && numbersOf(each).length > 1);
      const first = (each: Recording) => numbersOf(each)[0];
      const whole = thrown.filter((each) => {
        const next = numbersOf(nextWith(evidence, each, first(each)));
        return next[0] !== first(each) || next.length >= numbersOf(each).length;
      });
      return {
        problems: [
          ...(thrown.length === 0 ? ['no invocation of several records failed'] : []),
          ...whole.map((each) => `${numbersOf(each).length} records came again otherwise`),
        ],
        seen: sizes(evidence, thrown, first),
      };
    },
  },
  {
    name: 'records beside one that always fails are accepted',
    source: `${lambda}/services-dynamodb-errors.html`,
    judge: (evidence) => {
      const good = windowed(evidence).flatMap(({ event }) =>
        recordsOf(event).filter((record) => itemAnswer(record) === 'ok'),
      );
      const accepted = new Set(windowed(evidence).flatMap(acceptedIn));
      const wanting = new Set(good.map(sequenceNumberOf).filter((number) => !accepted.has(number)));
      return {
        problems: [...wanting].map((number) => `${number} was never accepted`),
        seen: `${accepted.size} records accepted`,
      };
    },
  },
  {
    name: 'what the mapping gives up on is in S3 with its whole event',
    source: `${lambda}/services-dynamodb-errors.html`,
    judge: ({ failures }) => {
      const kept = refusedIn(failures);
      const oddKeys = failures.filter(({ key }) => !failureKey.test(key));
      const conditions = failures.map(({ document: { requestContext } }) =>
        isJsonObject(requestContext) ? String(requestContext.condition) : 'none',
      );
      return {
        problems: [
          ...(kept.size === refused ? [] : [`${kept.size} of ${refused} refused records are there`]),
          ...oddKeys.map(({ key }) => `an object is called ${key}`),
          ...conditions.filter((each) => each !== 'RetryAttemptsExhausted').map((each) => `a condition is ${each}`),
        ],
        seen: failures
          .map(
            (failure) =>
              `payload as ${typeof failure.document.payload} of ${recordsOf(payloadOf(failure) ?? {}).length}`,
          )
          .join(', '),
      };
    },
  },
];

/** `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>` */
const failureKey =
  /^aws\/lambda\/[0-9a-f-]{36}\/[^/]+\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/;

function windowed(evidence: Evidence): readonly Recording[] {
  return invocationsOf(evidence, 'probe-window');
}

function numbersOf(recording: Recording | undefined): readonly string[] {
  return recording === undefined ? [] : recordsOf(recording.event).map(sequenceNumberOf);
}

/** The record that the answer names as failed. */
function namedIn({ answer }: Recording): string | undefined {
  const failures = answer.kind === 'returned' ? answer.value.batchItemFailures : undefined;
  const [first] = Array.isArray(failures) ? failures : [];
  return isJsonObject(first) ? String(first.itemIdentifier) : undefined;
}

function positionOfNamed(recording: Recording): number {
  return numbersOf(recording).indexOf(namedIn(recording) ?? '');
}

/** The first invocation after this one that has the record. */
function nextWith(evidence: Evidence, recording: Recording, number: string | undefined): Recording | undefined {
  const all = windowed(evidence);
  return all.slice(all.indexOf(recording) + 1).find((each) => number !== undefined && numbersOf(each).includes(number));
}

function acceptedIn(recording: Recording): readonly string[] {
  if (recording.answer.kind === 'threw') return [];
  const numbers = numbersOf(recording);
  return namedIn(recording) === undefined ? numbers : numbers.slice(0, positionOfNamed(recording));
}

/** `10 -> 6`: how many records came, and how many the next time. */
function sizes(
  evidence: Evidence,
  recordings: readonly Recording[],
  by: (each: Recording) => string | undefined,
): string {
  return recordings
    .map((each) => `${numbersOf(each).length} -> ${numbersOf(nextWith(evidence, each, by(each))).length}`)
    .join(', ');
}
