/**
 * A run in virtual time may not look at the machine's: while it runs, clock, timers and chance of the process throw, so
 * that code which uses them fails the run at once instead of making it unrepeatable.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

export class RealTimeError extends Error {
  override readonly name = 'RealTimeError';
}

export async function withoutRealTime<Value>(run: () => Promise<Value>): Promise<Value> {
  const restore = [
    replaced(Date, 'now'),
    replaced(Math, 'random'),
    replaced(globalThis, 'setTimeout'),
    replaced(globalThis, 'setInterval'),
    replaced(performance, 'now'),
    replaced(crypto, 'randomUUID'),
    replaced(crypto, 'randomInt'),
    replaced(crypto, 'randomBytes'),
    replaced(timers, 'setTimeout'),
  ];
  const RealDate = globalThis.Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: []) => (given.length === 0 ? refuse('new Date()') : new target(...given)),
  });
  syncBuiltinESMExports();
  // Simulated errors come by the thousand, and nobody reads where they were made.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    globalThis.Date = RealDate;
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  }
}

function replaced(owner: object, name: string): () => void {
  const original: unknown = Reflect.get(owner, name);
  Reflect.set(owner, name, () => refuse(name));
  return () => void Reflect.set(owner, name, original);
}

function refuse(what: string): never {
  throw new RealTimeError(`${what} was used within a simulation: time and chance have to be handed in`);
}
