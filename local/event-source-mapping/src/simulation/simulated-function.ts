import type { Clock } from '../clock.ts';
import type { MappingEvent } from '../event.ts';
import type { FunctionError, InvocationOutcome, Invoke } from '../invocation.ts';

/** What the function knows of its invocation; all time in it is virtual. */
export interface SimulatedContext {
  readonly awsRequestId: string;
  nowMs(): number;
  /** Work that takes that long; the invocation times out when it takes too long. */
  sleep(durationMs: number): Promise<void>;
  getRemainingTimeInMillis(): number;
}

/**
 * The function: an AWS event in, an AWS response out. A throw fails the invocation, and so does taking too long. It
 * gets a copy of the event, and waits for nothing but promises and `context.sleep`. `Event` is how it types its event,
 * such as `DynamoDBStreamEvent` of `@types/aws-lambda`.
 */
export type SimulatedHandler<Event = MappingEvent> = (event: Event, context: SimulatedContext) => unknown;

export interface SimulatedFunction {
  readonly handler: SimulatedHandler;
  /** @default 3000, Lambda's */
  readonly timeoutMs?: number;
  /** Invocations beyond this many at once are throttled. @default unlimited */
  readonly concurrency?: number;
}

/** Of a synchronous response. */
const RESPONSE_LIMIT_BYTES = 6 * 1024 * 1024;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export function simulatedInvoke({ handler, timeoutMs = 3000, concurrency }: SimulatedFunction, clock: Clock): Invoke {
  let running = 0;
  return async (event, { requestId }) => {
    if (running >= (concurrency ?? Number.POSITIVE_INFINITY)) {
      return { kind: 'notDelivered', reason: 'TooManyRequestsException: Rate Exceeded.' };
    }
    running += 1;
    const deadlineMs = clock.nowMs() + timeoutMs;
    const context: SimulatedContext = {
      awsRequestId: requestId,
      nowMs: () => clock.nowMs(),
      sleep: (durationMs) => clock.sleep(durationMs),
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.nowMs()),
    };
    try {
      const response = handler(copied(event), context);
      return responded(isPromise(response) ? await inTime(response, { clock, timeoutMs }) : response);
    } catch (error) {
      return { kind: 'functionError', error: functionError(error) };
    } finally {
      running -= 1;
    }
  };
}

/** A response as it arrives: JSON, and of a size that Lambda takes. */
function responded(response: unknown): InvocationOutcome {
  if (response === undefined || response === null) return { kind: 'returned', payload: null };
  const text = JSON.stringify(response);
  if (text === undefined) return { kind: 'returned', payload: null };
  const bytes = Buffer.byteLength(text);
  if (bytes <= RESPONSE_LIMIT_BYTES) return { kind: 'returned', payload: JSON.parse(text) };
  const allowed = `exceeded maximum allowed payload size (${RESPONSE_LIMIT_BYTES} bytes).`;
  const errorMessage = `Response payload size (${bytes} bytes) ${allowed}`;
  return { kind: 'functionError', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}

async function inTime<T>(
  response: PromiseLike<T>,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<T> {
  const answered = new AbortController();
  const timeout = clock.sleep(timeoutMs, answered.signal).then(() => {
    if (answered.signal.aborted) return undefined;
    const seconds = (timeoutMs / 1000).toFixed(2);
    throw Object.assign(new Error(`Task timed out after ${seconds} seconds`), { name: 'Sandbox.Timedout' });
  });
  try {
    const first = await Promise.race([Promise.resolve(response).then((value) => ({ value })), timeout]);
    if (first === undefined) throw new Error('The invocation was answered and timed out at once.');
    return first.value;
  } finally {
    answered.abort();
  }
}

function functionError(error: unknown): FunctionError {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: 'Error', errorMessage: String(error) };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** A function may change its event; the next attempt must not see that. */
function copied(event: MappingEvent): MappingEvent {
  return { ...event, ...(event.state ? { state: copyOf(event.state) } : {}), Records: event.Records.map(copyOf) };
}

function copyOf<T extends object>(value: T): T;
function copyOf(value: object): object {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? copyOf(item) : item));
  let copy: Record<string, unknown> | undefined;
  // One spread and no list of names: a batch is copied for each attempt, which is most of what a simulation does.
  for (const name in value) {
    const inner: unknown = value[name as keyof typeof value];
    if (!isObject(inner)) continue;
    copy ??= { ...value };
    copy[name] = copyOf(inner);
  }
  return copy ?? { ...value };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
