/** How each service says no, and which requests change something: what a fault in front of it has to imitate. */
import type { IncomingHttpHeaders } from 'node:http';

/** `remoteDynamodb`: a replicator's way to the other region. */
export type FaultyService = 'dynamodb' | 'remoteDynamodb' | 'opensearch' | 'ses' | 's3';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const dynamodbWrites = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];

/** Whether the request changes the service's state (or sends an email) when it is accepted. */
export function isWrite(service: FaultyService, { method, path, headers }: ProxiedRequest): boolean {
  switch (service) {
    case 'dynamodb':
    case 'remoteDynamodb': {
      const operation = String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      return dynamodbWrites.includes(operation);
    }
    case 'opensearch':
      return (
        method === 'DELETE' || method === 'PUT' || (method === 'POST' && /\/_(bulk|doc|create|update)\b/.test(path))
      );
    case 'ses':
      return method === 'POST' && path.startsWith('/v2/email/outbound-');
    case 's3':
      return method === 'PUT' || method === 'POST' || method === 'DELETE';
  }
}

/** The service answers, but cannot serve anybody. */
export function unavailable(service: FaultyService): ErrorReply {
  switch (service) {
    case 'dynamodb':
    case 'remoteDynamodb':
      return awsJson(503, 'com.amazon.coral.availability#ServiceUnavailableException', 'Service is unavailable.');
    case 'opensearch':
      return openSearch(503, 'cluster_block_exception', 'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]');
    case 'ses':
      return restJson(503, 'ServiceUnavailableException', 'Service is unavailable.');
    case 's3':
      return xml(503, 'ServiceUnavailable', 'Service is unable to handle the request.');
  }
}

/** The service refuses this caller because of its rate; each call alternates between the two errors of DynamoDB. */
export function throttled(service: FaultyService, count: number): ErrorReply {
  switch (service) {
    case 'dynamodb':
    case 'remoteDynamodb':
      return count % 2 === 0
        ? awsJson(
            400,
            'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
            'The level of configured provisioned throughput for the table was exceeded.',
          )
        : awsJson(
            400,
            'com.amazon.coral.availability#ThrottlingException',
            'Rate of requests exceeds the allowed throughput.',
          );
    case 'opensearch':
      return openSearch(429, 'es_rejected_execution_exception', 'rejected execution: queue capacity reached');
    case 'ses':
      return restJson(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.');
    case 's3':
      return xml(503, 'SlowDown', 'Please reduce your request rate.');
  }
}

function awsJson(status: number, type: string, message: string): ErrorReply {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status, headers, body: JSON.stringify({ __type: type, message }) };
}

function restJson(status: number, type: string, message: string): ErrorReply {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
  return { status, headers, body: JSON.stringify({ message }) };
}

function xml(status: number, code: string, message: string): ErrorReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function openSearch(status: number, type: string, reason: string): ErrorReply {
  const body = { error: { root_cause: [{ type, reason }], type, reason }, status };
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(body) };
}
