import type { Change } from '../change/change.ts';
import { streamViewTypeField } from '../change/from-stream.ts';
import { sameImage } from '../change/same-image.ts';
import type { Reading } from './batch.ts';
import { type ErrorCode, FatalConfigError, isPipelineError, PoisonRecordError } from './errors.ts';

/** Parses one record and asks the consumer's effects. Both are pure: what they throw they would throw again, poison. */
export function readRecord<Request>(
  raw: unknown,
  options: {
    readonly parse: (record: unknown) => Change;
    readonly effects: (change: Change) => Request | undefined;
  },
): Reading<Request> {
  let change: Change;
  try {
    change = options.parse(raw);
  } catch (error) {
    return toPoison(error, { invalid: 'undecodable-record', other: 'undecodable-record' });
  }
  if (changesNothing(change)) return { kind: 'filtered' };
  try {
    const request = options.effects(change);
    return request === undefined ? { kind: 'filtered' } : { kind: 'entry', change, request };
  } catch (error) {
    return toPoison(error, { invalid: 'invalid-attribute', other: 'effects-failed' });
  }
}

/** AWS writes no record for a write that changes nothing, local engines do; and a stamp may be the only difference. */
function changesNothing({ op, oldImage, newImage }: Change): boolean {
  return op === 'modify' && oldImage !== undefined && newImage !== undefined && sameImage(oldImage, newImage);
}

function toPoison(
  error: unknown,
  codes: { readonly invalid: ErrorCode; readonly other: ErrorCode },
): { readonly kind: 'poison'; readonly error: PoisonRecordError } {
  const isInvalid = error instanceof Error && error.name === 'InvalidRecordError';
  if (isInvalid && 'field' in error && error.field === streamViewTypeField) {
    throw new FatalConfigError('configuration', `${error.message}: set the table's StreamViewType`, { cause: error });
  }
  if (isPipelineError(error) && error.disposition === 'abort') throw error;
  const code = isInvalid ? codes.invalid : isPipelineError(error) ? error.code : codes.other;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'poison', error: new PoisonRecordError(code, message, { cause: error }) };
}
