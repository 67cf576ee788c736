import type { BatchWriteItemCommandInput, WriteRequest } from '@aws-sdk/client-dynamodb';
import { ValidationException } from './errors.ts';
import type { ItemChange, TableState } from './table.ts';
import { planWrite, prepareDelete, preparePut } from './write.ts';

const maxRequests = 25;

/**
 * The changes of a batch: puts and deletions without conditions, each by itself. Nothing is committed.
 *
 * @throws {ValidationException} when the request is wrong or holds an item twice
 */
export function planBatch(
  input: BatchWriteItemCommandInput,
  tableNamed: (name: string | undefined) => TableState,
): ItemChange[] {
  const requests = Object.entries(input.RequestItems ?? {}).flatMap(([name, list]) =>
    list.map((request) => ({ table: tableNamed(name), request })),
  );
  if (requests.length === 0 || requests.length > maxRequests) {
    throw new ValidationException(
      `1 validation error detected: a batch has 1 to ${maxRequests} write requests; this one has ${requests.length}`,
    );
  }
  const changes = requests.map(({ table, request }) => planRequest(table, request));
  const identities = changes.map(({ table, key }) => JSON.stringify([table.definition.name, key.partition, key.sort]));
  if (new Set(identities).size < identities.length) {
    throw new ValidationException('Provided list of item keys contains duplicates');
  }
  return changes;
}

function planRequest(table: TableState, { PutRequest, DeleteRequest }: WriteRequest): ItemChange {
  if (PutRequest !== undefined && DeleteRequest === undefined) return planWrite(preparePut(table, PutRequest));
  if (DeleteRequest !== undefined && PutRequest === undefined) return planWrite(prepareDelete(table, DeleteRequest));
  throw new ValidationException('A write request holds either a PutRequest or a DeleteRequest');
}
