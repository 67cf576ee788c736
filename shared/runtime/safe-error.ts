import { isPipelineError } from '../batch/errors.ts';
import type { LogFields } from './log.ts';

/**
 * What may be logged of an error: class, code, places in the code. Messages may quote personal data; only those that
 * stop a batch are our own words about the deployment.
 */
export function loggable(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = framesOf(error);
  const errorName = rootOf(error).name;
  if (!isPipelineError(error)) return { errorName, frames };
  if (error.disposition !== 'abort') return { errorName, code: error.code };
  return { errorName, code: error.code, advice: error.message, frames };
}

/**
 * What is thrown to Lambda in an error's place: Lambda writes message, stack and cause of what a handler throws into
 * the function's log.
 */
export function safeToThrow(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'Error';
  const isOurs = isPipelineError(error) && error.disposition === 'abort';
  const safe = new Error(isOurs ? error.message : 'The batch failed: the log line before this one says where.');
  safe.name = name;
  safe.stack = `${name}: ${safe.message}`;
  return safe;
}

/** Our own classes say what is done about an error; what happened is at the end of the causes. */
function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}

function framesOf({ stack = '', message }: Error): string[] {
  // The message comes first and may have lines that look like places.
  const places = stack.slice(stack.indexOf(message) + message.length);
  return places
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 10);
}
