/**
 * Loaded into the Kinesis engine's process before the engine, for what it has no setting for: it is bound to loopback
 * only (by itself it listens on every network interface), and its slow places are replaced.
 */
import { registerHooks } from 'node:module';
import { Server } from 'node:net';
import { speedUp } from './kinesis-program.ts';

const loopbackHost = '127.0.0.1';
const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  const [target, ...rest] = args;
  const done = rest.findLast((argument) => typeof argument === 'function') as (() => void) | undefined;
  const where = typeof target === 'object' && target !== null ? target : { port: Number(target) };
  return listen.call(this, { ...where, host: loopbackHost }, done) as Server;
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/kinesis-local/main.js') || loaded.source === undefined || loaded.source === null) return loaded;
    return { ...loaded, source: speedUp(loaded.source.toString()).program };
  },
});
