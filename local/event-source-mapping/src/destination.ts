export type DestinationKind = 's3' | 'sqs' | 'sns';

export interface Destination {
  readonly kind: DestinationKind;
  readonly arn: string;
}

/** A queue or topic that keeps order: accepted by Lambda, and every delivery to it fails. */
export function isFifo({ kind, arn }: Destination): boolean {
  return kind !== 's3' && arn.endsWith('.fifo');
}

const FORMS: readonly (readonly [DestinationKind, RegExp])[] = [
  ['s3', /^arn:[\w-]+:s3:::[^/]+$/],
  ['sqs', /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/],
  ['sns', /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/],
];

/** `undefined` for what is none of the destinations that a mapping of a stream can have here. */
export function destinationOf(arn: string): Destination | undefined {
  const form = FORMS.find(([, pattern]) => pattern.test(arn));
  return form && { kind: form[0], arn };
}
