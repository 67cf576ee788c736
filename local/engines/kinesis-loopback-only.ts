/**
 * Loaded into the Kinesis engine before it starts: the engine binds every network interface and has no setting for it,
 * while nothing of the local pipeline may be reachable from another machine.
 */
import { Server } from 'node:net';

const loopbackHost = '127.0.0.1';
const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  const [target, ...rest] = args;
  const done = rest.findLast((argument) => typeof argument === 'function') as (() => void) | undefined;
  const where = typeof target === 'object' && target !== null ? target : { port: Number(target) };
  return listen.call(this, { ...where, host: loopbackHost }, done) as Server;
};
