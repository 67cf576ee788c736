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
 * What is thrown to Lambda in an error's place: Lambda writes message, stack, cause and every field of what a handler
 * throws into the function's log. Disposition and code are words of ours, and whoever runs a handler in a process of
 * its own goes by them; where the error arose helps whoever has no log.
 */
export function safeToThrow(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'Error';
  const isOurs = isPipelineError(error);
  const isAdvice = isOurs && error.disposition === 'abort';
  const safe = new Error(isAdvice ? error.message : 'The batch failed: the log line before this one says where.');
  safe.name = name;
  safe.stack = [`${name}: ${safe.message}`, ...(error instanceof Error ? framesOf(error) : [])].join('\n    ');
  return isOurs ? Object.assign(safe, { disposition: error.disposition, code: error.code }) : safe;
}

/** Our own classes say what is done about an error; what happened is at the end of the causes. */
function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}

function framesOf({ stack = '', message }: Error): string[] {
  // The message comes first and may have lines that look like places.
  const at = stack.indexOf(message);
  if (at === -1) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 10);
}
