import { FatalConfigError } from '../batch/errors.ts';
import type { WindowTurn } from '../batch/window.ts';

/** What an event source mapping sends, as far as the pipeline looks at it. */
export interface StreamEvent {
  readonly records: readonly unknown[];
  /** Told of a DynamoDB stream only in a tumbling window. */
  readonly shardId?: string;
  readonly window: 'none' | 'open' | 'closing';
  /** The window whole; absent when there is none, or when it does not say from when to when it is. */
  readonly turn?: WindowTurn;
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {FatalConfigError} when it is no event of an event source mapping */
export function readStreamEvent(event: unknown): StreamEvent {
  const fields = fieldsOf(event);
  const window = phaseOf(fields);
  const records = fields.Records === undefined && window === 'closing' ? [] : fields.Records;
  if (!Array.isArray(records)) {
    throw new FatalConfigError(
      'configuration',
      'The event has no Records: this function answers to a DynamoDB or Kinesis event source mapping only.',
    );
  }
  const { shardId } = fields;
  if (typeof shardId !== 'string') return { records, window };
  const turn = turnOf(fields, { shardId, isClosing: window === 'closing' });
  return { records, window, shardId, ...(turn === undefined ? {} : { turn }) };
}

/** A window ends early when Lambda could not hand on its state: what has been counted so far is all there is. */
function phaseOf({ window, isFinalInvokeForWindow, isWindowTerminatedEarly }: Fields): StreamEvent['window'] {
  if (isFinalInvokeForWindow === true || isWindowTerminatedEarly === true) return 'closing';
  return window === undefined ? 'none' : 'open';
}

function turnOf(
  { window, state }: Fields,
  { shardId, isClosing }: Pick<WindowTurn, 'shardId' | 'isClosing'>,
): WindowTurn | undefined {
  const { start, end } = fieldsOf(window);
  if (typeof start !== 'string' || typeof end !== 'string') return undefined;
  if (Number.isNaN(Date.parse(start)) || Number.isNaN(Date.parse(end))) return undefined;
  return { shardId, start, end, state: fieldsOf(state), isClosing };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
