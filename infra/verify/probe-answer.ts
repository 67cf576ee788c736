import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';

/** `report`: named as failed; `throw`: the whole invocation fails. */
export type ItemAnswer = 'ok' | 'report' | 'throw';

export type ProbeAnswer =
  | { readonly kind: 'returned'; readonly value: JsonObject }
  | { readonly kind: 'threw'; readonly message: string };

/** What a probe answers: what the records of its batch say. Only the mapping with a window is put to the test. */
export function answerTo(event: JsonObject): ProbeAnswer {
  const records = recordsOf(event);
  if (!('window' in event)) return { kind: 'returned', value: { batchItemFailures: [] } };
  const state = isJsonObject(event.state) ? event.state : {};
  if (records.some((record) => itemAnswer(record) === 'throw')) {
    return { kind: 'threw', message: 'a record of the batch said so' };
  }
  const failed = records.find((record) => itemAnswer(record) === 'report');
  return {
    kind: 'returned',
    value: {
      state: { records: Number(state.records ?? 0) + records.length },
      batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: sequenceNumberOf(failed) }],
    },
  };
}

export function recordsOf({ Records }: JsonObject): readonly JsonObject[] {
  return Array.isArray(Records) ? Records.filter(isJsonObject) : [];
}

/** Of a record of either stream; empty when it has none. */
export function sequenceNumberOf(record: JsonObject): string {
  const { dynamodb, kinesis } = record;
  if (isJsonObject(dynamodb)) return String(dynamodb.SequenceNumber ?? '');
  return isJsonObject(kinesis) ? String(kinesis.sequenceNumber ?? '') : '';
}

/** What the item in the record of a table's stream asks for. */
export function itemAnswer({ dynamodb }: JsonObject): ItemAnswer {
  const image = isJsonObject(dynamodb) ? dynamodb.NewImage : undefined;
  const answer = isJsonObject(image) && isJsonObject(image.answer) ? image.answer.S : undefined;
  return answer === 'report' || answer === 'throw' ? answer : 'ok';
}
