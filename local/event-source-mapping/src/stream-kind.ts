export type StreamKind = 'dynamodb' | 'kinesis';

/** By the service that an event source's ARN names. */
export function streamKind(eventSourceArn: string): StreamKind {
  return eventSourceArn.split(':')[2] === 'dynamodb' ? 'dynamodb' : 'kinesis';
}
