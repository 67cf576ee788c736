import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../../../shared/services/opensearch/json.ts';
import { badRequest, illegalArgument, indexNotFoundCause, validationError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { applyWrite, problemsOf, versionRule, type WriteReply, type WriteRequest } from './write-request.ts';

interface BulkWrite extends WriteRequest {
  readonly index: string;
}

/**
 * "Bulk": `index`, `create` and `delete`. The whole request is refused when a line cannot be understood; otherwise
 * every operation is applied or refused alone, in order.
 */
export function bulk(cluster: Cluster, request: { body: string; defaultIndex: string | undefined }): unknown {
  const writes = parseBulk(request.body, request.defaultIndex);
  const problems = writes.flatMap((write) => [
    ...(write.index === '' ? ['index is missing'] : []),
    ...problemsOf(write),
  ]);
  if (writes.length === 0) problems.push('no requests added');
  if (problems.length > 0) throw validationError(problems);
  for (const write of writes) versionRule(write);
  const replies = writes.map((write) => ({ write, reply: applyOne(cluster, write) }));
  const items = replies.map(({ write, reply }) => ({ [write.op]: itemOf(write, reply) }));
  return { took: 0, errors: replies.some(({ reply }) => 'error' in reply), items };
}

function applyOne(cluster: Cluster, write: BulkWrite): WriteReply {
  if (write.id === '') {
    return {
      status: 400,
      error: { type: 'illegal_argument_exception', reason: 'if _id is specified it must not be empty' },
    };
  }
  // OpenSearch makes a missing index for every write but an unversioned delete.
  const creates = write.op !== 'delete' || write.versionType?.startsWith('external') === true;
  if (!creates && cluster.indices.get(write.index) === undefined && !cluster.isAlias(write.index)) {
    return { status: 404, error: indexNotFoundCause(write.index) };
  }
  return applyWrite(cluster.single(write.index, 'create'), write);
}

function itemOf({ index, id }: BulkWrite, reply: WriteReply): unknown {
  if ('error' in reply) return { _index: index, _id: id, status: reply.status, error: reply.error };
  return { ...reply.body, status: reply.status };
}

function parseBulk(body: string, defaultIndex: string | undefined): BulkWrite[] {
  if (body === '') throw badRequest('parse_exception', 'request body is required');
  if (!body.endsWith('\n')) throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
  const lines = body.split('\n');
  lines.pop();
  const writes: BulkWrite[] = [];
  for (let number = 0; number < lines.length; number++) {
    const line = lines[number] ?? '';
    if (line.trim() === '') continue;
    const action = parseAction(line, number + 1);
    let sourceJson = '';
    if (action.op !== 'delete') {
      number += 1;
      const source = lines[number];
      if (source === undefined) throw validationError(['source is missing']);
      sourceJson = source;
    }
    writes.push({ ...action, index: action.index ?? defaultIndex ?? '', sourceJson });
  }
  return writes;
}

function parseAction(line: string, number: number) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw badRequest('json_parse_exception', `Action/metadata line [${number}] is not JSON`);
  }
  const [name, meta] = Object.entries(isJsonObject(parsed) ? parsed : {})[0] ?? ['', undefined];
  if (name !== 'index' && name !== 'create' && name !== 'delete') {
    throw illegalArgument(
      `Malformed action/metadata line [${number}], expected one of [create, delete, index] but found [${name}]`,
    );
  }
  if (!isJsonObject(meta)) throw illegalArgument(`Malformed action/metadata line [${number}], expected START_OBJECT`);
  const { _index: index, _id: id, version, version_type: versionType, ...rest } = meta;
  for (const parameter of Object.keys(rest)) {
    throw illegalArgument(`Action/metadata line [${number}] contains an unknown parameter [${parameter}]`);
  }
  return {
    op: name,
    index: index === undefined ? undefined : String(index),
    id: id === undefined ? randomUUID() : String(id),
    version: version === undefined ? undefined : Number(version),
    versionType: versionType === undefined ? undefined : String(versionType),
  } as const;
}
