/**
 * A run in virtual time may not look at the machine's: while it runs, clock, timers and chance of the process throw, so
 * that code which uses them fails the run at once instead of making it unrepeatable. Of those that Node has, only
 * `getRandomValues` of the module `crypto` cannot be taken away; the global one can.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

export class RealTimeError extends Error {
  override readonly name = 'RealTimeError';
}

export async function withoutRealTime<Value>(
  run: () => Promise<Value>,
  { keepsTraces = false }: { readonly keepsTraces?: boolean } = {},
): Promise<Value> {
  const restore = [
    replaced(Date, 'now'),
    replaced(Math, 'random'),
    replaced(globalThis, 'setTimeout'),
    replaced(globalThis, 'setInterval'),
    replaced(timers, 'setTimeout'),
    replaced(timers, 'setInterval'),
    replaced(timersPromises, 'setTimeout'),
    replaced(timersPromises, 'setInterval'),
    replaced(AbortSignal, 'timeout'),
    replaced(performance, 'now'),
    replaced(process, 'hrtime'),
    replaced(process, 'uptime'),
    replaced(crypto, 'randomUUID'),
    replaced(crypto, 'randomInt'),
    replaced(crypto, 'randomBytes'),
    replaced(crypto, 'randomFillSync'),
    replaced(globalThis.crypto, 'randomUUID'),
    replaced(globalThis.crypto, 'getRandomValues'),
  ];
  const RealDate = globalThis.Date;
  globalThis.Date = new Proxy(RealDate, {
    apply: () => refuse('Date()'),
    construct: (target, given: []) => (given.length === 0 ? refuse('new Date()') : new target(...given)),
  });
  syncBuiltinESMExports();
  // Simulated errors come by the thousand, and nobody reads where they were made.
  const { stackTraceLimit } = Error;
  if (!keepsTraces) Error.stackTraceLimit = 0;
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
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const refusing = () => refuse(name);
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    // `process.hrtime.bigint()`
    value: Object.assign(refusing, { bigint: refusing }),
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}

function refuse(what: string): never {
  throw new RealTimeError(`${what} was used within a simulation: time and chance have to be handed in`);
}
