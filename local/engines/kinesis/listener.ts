import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerCall } from './calls.ts';
import { KinesisError } from './error.ts';
import type { Input } from './input.ts';
import type { Streams } from './streams.ts';

const target = /^Kinesis_20131202\.(\w+)$/;
const defaultRegion = 'us-east-1';

/**
 * Answers Kinesis's JSON API. Streams are of the region that a request is signed for; the signature itself is not
 * checked.
 */
export function createKinesisListener(streams: Streams): RequestListener {
  return (incoming, response) => void respond(incoming, response, streams);
}

async function respond(incoming: IncomingMessage, response: ServerResponse, streams: Streams): Promise<void> {
  let status = 200;
  let body: string;
  try {
    const name = nameOf(incoming);
    const input = await readInput(incoming);
    body = answerCall({ name, input }, { streams, region: regionOf(incoming), nowMs: Date.now() });
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return;
    const refused = error instanceof KinesisError;
    status = refused ? 400 : 500;
    const __type = refused ? error.type : 'InternalFailure';
    body = JSON.stringify({ __type, message: error instanceof Error ? error.message : String(error) });
  }
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
  response.end(body);
}

function nameOf({ headers }: IncomingMessage): string {
  const { 'x-amz-target': name, 'content-type': type = '' } = headers;
  if (type.includes('cbor')) {
    const remedy = 'tell your SDK to send JSON (Java: AWS_CBOR_DISABLE=true)';
    throw new KinesisError('SerializationException', `The embedded Kinesis does not read CBOR: ${remedy}.`);
  }
  const named = target.exec(typeof name === 'string' ? name : '')?.[1];
  if (named !== undefined) return named;
  throw new KinesisError('UnknownOperationException', 'x-amz-target names no operation of Kinesis.');
}

/** `Credential=KEY/DATE/REGION/kinesis/aws4_request` */
function regionOf({ headers }: IncomingMessage): string {
  return /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? defaultRegion;
}

async function readInput(incoming: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  let input: unknown;
  try {
    input = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new KinesisError('SerializationException', 'The body of the request is not JSON.');
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  throw new KinesisError('SerializationException', 'The body of the request is not a structure.');
}
