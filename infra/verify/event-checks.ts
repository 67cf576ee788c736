import { parseKinesisRecord } from '../../shared/change/from-kinesis.ts';
import { parseStreamRecord } from '../../shared/change/from-stream.ts';
import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';
import type { Check } from './check.ts';
import { invocationsOf, recordsSentTo } from './evidence.ts';
import { recordsOf, sequenceNumberOf } from './probe-answer.ts';
import { changed } from './scenario.ts';

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg';
const dynamodb = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';

/** The shapes of events. */
export const eventChecks: readonly Check[] = [
  {
    name: 'with a tumbling window an event tells its shard, its window and the state',
    source: `${lambda}/services-ddb-windows.html`,
    judge: (evidence) => {
      const events = invocationsOf(evidence, 'probe-window').map(({ event }) => event);
      return {
        problems: events.flatMap(windowProblems),
        seen: `${events.length} events, fields ${fieldsOf(events)}`,
      };
    },
  },
  {
    name: 'without a window it tells no shard',
    source: `${lambda}/with-ddb.html`,
    judge: (evidence) => {
      const events = invocationsOf(evidence, 'probe-plain').map(({ event }) => event);
      const telling = events.filter((event) => 'shardId' in event);
      return {
        problems: telling.length === 0 ? [] : [`${telling.length} events have a shardId`],
        seen: `fields ${fieldsOf(events)}`,
      };
    },
  },
  {
    name: 'a window ends with an event without records, and the state that was answered',
    source: `${lambda}/services-ddb-windows.html`,
    judge: (evidence) => {
      const finals = invocationsOf(evidence, 'probe-window').filter(
        (each) => each.event.isFinalInvokeForWindow === true,
      );
      const withRecords = finals.filter(({ event }) => recordsOf(event).length > 0);
      return {
        problems: [
          ...(finals.length === 0 ? ['no window has ended'] : []),
          ...(withRecords.length === 0 ? [] : [`${withRecords.length} final events have records`]),
        ],
        seen: `states ${JSON.stringify(finals.map(({ event }) => event.state))}`,
      };
    },
  },
  {
    name: 'a record of the table’s stream is read by the pipeline, with both images and always one eventID',
    source: `${lambda}/with-ddb.html`,
    judge: (evidence) => {
      const records = ['probe-window', 'probe-plain'].flatMap((probe) =>
        invocationsOf(evidence, probe).flatMap(({ event }) => recordsOf(event)),
      );
      const ids = new Map<string, Set<unknown>>();
      for (const record of records) {
        const number = sequenceNumberOf(record);
        ids.set(number, (ids.get(number) ?? new Set()).add(record.eventID));
      }
      const unstable = [...ids].filter(([, each]) => each.size > 1).map(([number]) => `${number} has several eventIDs`);
      return { problems: [...unreadable(records, parseStreamRecord), ...unstable], seen: sampleOf(records) };
    },
  },
  {
    name: 'a record from Kinesis is read by the pipeline, created at a microsecond',
    source: `${dynamodb}/kds_using-shards.html`,
    judge: (evidence) => {
      const records = recordsSentTo(evidence, 'probe-kinesis');
      const times = records.map((record) => kinesisContent(record).ApproximateCreationDateTime);
      const coarse = times.filter((time) => typeof time !== 'number' || time < 1e15);
      return {
        problems: [
          ...unreadable(records, parseKinesisRecord),
          ...(coarse.length === 0
            ? []
            : [`${coarse.length} creation times are not in microseconds, such as ${coarse[0]}`]),
        ],
        seen: `creation times such as ${times[0]}`,
      };
    },
  },
  {
    name: 'a write that changes nothing leaves no record',
    source: `${dynamodb}/Streams.html`,
    judge: (evidence) => {
      const count = recordsSentTo(evidence, 'probe-plain').length;
      return {
        problems: count === changed ? [] : [`${count} records of ${changed} changes`],
        seen: `${count} records`,
      };
    },
  },
];

const windowFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  shardId: (value) => typeof value === 'string' && value !== '',
  window: (value) => isJsonObject(value) && isTime(value.start) && isTime(value.end),
  state: isJsonObject,
  isFinalInvokeForWindow: (value) => typeof value === 'boolean',
  isWindowTerminatedEarly: (value) => typeof value === 'boolean',
  eventSourceARN: (value) => typeof value === 'string' && value.startsWith('arn:'),
};

function windowProblems(event: JsonObject): string[] {
  return Object.entries(windowFields).flatMap(([field, isFine]) =>
    isFine(event[field]) ? [] : [`${field} is ${JSON.stringify(event[field])}`],
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function unreadable(
  records: readonly JsonObject[],
  parse: (record: unknown, context: { readonly region: string }) => unknown,
): string[] {
  if (records.length === 0) return ['no record came'];
  return records.flatMap((record) => {
    try {
      parse(record, { region: String(record.awsRegion) });
      return [];
    } catch (error) {
      return [`${sequenceNumberOf(record)}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

/** `dynamodb` of the change inside a Kinesis record. */
function kinesisContent({ kinesis }: JsonObject): JsonObject {
  const text = isJsonObject(kinesis) ? Buffer.from(String(kinesis.data), 'base64').toString() : '{}';
  const change: unknown = JSON.parse(text);
  return isJsonObject(change) && isJsonObject(change.dynamodb) ? change.dynamodb : {};
}

function fieldsOf(events: readonly JsonObject[]): string {
  return [...new Set(events.flatMap((event) => Object.keys(event)))].toSorted().join(', ');
}

function sampleOf([record]: readonly JsonObject[]): string {
  return record === undefined ? 'nothing' : `fields ${fieldsOf([record])}`;
}
