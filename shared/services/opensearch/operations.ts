import type { BulkOperation, BulkResult } from './port.ts';

/** OpenSearch's limit; see its documentation, page "Index document": an id is at most 512 bytes. */
export const maxIdBytes = 512;

/** The answer for an id that OpenSearch would refuse together with all its neighbours. */
export const invalidId: BulkResult = {
  status: 400,
  errorType: 'invalid_document_id',
  refusal: `the document id is empty or longer than ${maxIdBytes} bytes`,
};

export function hasValidId({ id }: BulkOperation): boolean {
  // No UTF-16 unit takes more than three bytes: most ids need no count.
  return id.length > 0 && (id.length * 3 <= maxIdBytes || Buffer.byteLength(id) <= maxIdBytes);
}

/** The version as the number that goes out. @throws {RangeError} when OpenSearch or JSON would bend it. */
export function checkedVersion({ version, index }: BulkOperation): number {
  if (version < 0n || version > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`a write to index ${index} has version ${version}: versions go from 0 to 2^53 - 1`);
  }
  return Number(version);
}

/**
 * The part of a refusal that names fields and types. OpenSearch's full text quotes the id and a preview of the value,
 * so only texts whose shape is known to hold neither are let through.
 */
export function describeRefusal(reason: string): string | undefined {
  return valueFreeReasons.map((pattern) => pattern.exec(reason)?.[0]).find((text) => text !== undefined);
}

const valueFreeReasons = [
  /^failed to parse field \[[^\]]*\] of type \[[^\]]*\]/,
  /^object mapping for \[[^\]]*\] tried to parse field \[[^\]]*\] as object, but found a concrete value/,
  /^mapping set to strict, dynamic introduction of \[[^\]]*\] within \[[^\]]*\] is not allowed/,
  /^Limit of total fields \[\d+\] has been exceeded/,
];
