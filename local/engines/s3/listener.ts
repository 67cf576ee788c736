import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Buckets } from './buckets.ts';
import { notImplemented, S3Error } from './error.ts';
import { listObjects } from './list-objects.ts';
import { deleteObject, deleteObjects, getObject, putObject } from './objects.ts';
import { empty, type S3Reply, xml } from './reply.ts';
import { readRequest, type S3Request } from './request.ts';

/** Answers S3's REST API, path style: `/BUCKET/KEY`. */
export function createS3Listener(buckets: Buckets): RequestListener {
  return (incoming, response) => void respond(incoming, response, buckets);
}

async function respond(incoming: IncomingMessage, response: ServerResponse, buckets: Buckets): Promise<void> {
  const requestId = randomUUID();
  let reply: S3Reply;
  try {
    reply = answer(await readRequest(incoming), buckets);
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return;
    reply = errorReply(error, { requestId, resource: incoming.url?.split('?')[0] ?? '/' });
  }
  response.writeHead(reply.status, { ...reply.headers, 'x-amz-request-id': requestId });
  response.end(incoming.method === 'HEAD' ? undefined : reply.body);
}

function answer(request: S3Request, buckets: Buckets): S3Reply {
  if (request.bucket === '') return onService(request, buckets);
  return request.key === '' ? onBucket(request, buckets) : onObject(request, buckets);
}

function onService(request: S3Request, buckets: Buckets): S3Reply {
  if (request.method !== 'GET') throw notImplemented(`${request.method} on the service`);
  return xml({ ListAllMyBucketsResult: { Buckets: { Bucket: buckets.names().map((Name) => ({ Name })) } } });
}

function onBucket(request: S3Request, buckets: Buckets): S3Reply {
  const { method, bucket, query } = request;
  if (method === 'PUT') {
    refuseQuery(query, []);
    buckets.create(bucket);
    return empty(200, { location: `/${encodeURIComponent(bucket)}` });
  }
  const objects = buckets.objects(bucket);
  if (method === 'HEAD') return empty(200);
  if (method === 'POST' && query.has('delete')) return deleteObjects(request, objects);
  if (method === 'GET' && query.get('list-type') === '2') {
    const known = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after'];
    refuseQuery(query, [...known, 'encoding-type', 'fetch-owner']);
    return listObjects(request, objects);
  }
  throw notImplemented(`${method} /${bucket}?${query.toString()}`);
}

function onObject(request: S3Request, buckets: Buckets): S3Reply {
  refuseQuery(request.query, []);
  const objects = buckets.objects(request.bucket);
  switch (request.method) {
    case 'PUT':
      return putObject(request, objects);
    case 'GET':
    case 'HEAD':
      return getObject(request, objects);
    case 'DELETE':
      return deleteObject(request, objects);
    default:
      throw notImplemented(`${request.method} on an object`);
  }
}

/** `x-id` only repeats the operation's name; `X-Amz-...` is a signature in the URL. All else changes the meaning. */
function refuseQuery(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (name !== 'x-id' && !name.startsWith('X-Amz-') && !known.includes(name)) throw notImplemented(`?${name}`);
  }
}

function errorReply(error: unknown, context: { requestId: string; resource: string }): S3Reply {
  const known = error instanceof S3Error;
  const status = known ? error.status : 500;
  const Code = known ? error.code : 'InternalError';
  const Message = error instanceof Error ? error.message : String(error);
  return xml({ Error: { Code, Message, Resource: context.resource, RequestId: context.requestId } }, status);
}
