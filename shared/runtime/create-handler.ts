import middy, { type MiddlewareObj } from '@middy/core';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { loggable, safeToThrow } from './safe-error.ts';
import type { InvocationContext, Invoke } from './services.ts';

export interface HandlerOptions<Response> {
  readonly services: { readonly log: Log; readonly metrics: Metrics };
  readonly run: Invoke<Response>;
}

/**
 * A function around its work: log lines that know their invocation, metrics written whatever happens, errors that
 * carry nothing personal out of the function. An error stays an error: a middleware that answered in its place would
 * tell Lambda that the batch succeeded.
 */
export function createHandler<Response>({ services, run }: HandlerOptions<Response>): Invoke<Response> {
  const handler = middy<unknown, Response, Error, InvocationContext>({
    // Lambda ends what is late; a timer of Middy's own would race with it, and with virtual time.
    timeoutEarlyInMillis: 0,
  })
    .use(measuring(services.metrics))
    .use(logging(services.log))
    .handler<unknown, Response>((event, context) => run(event, context));
  return (event, context) => handler(event, context);
}

type Middleware = MiddlewareObj<unknown, unknown, Error, InvocationContext>;

function logging(log: Log): Middleware {
  return {
    before: ({ context }) => log.startInvocation(context.awsRequestId),
    onError: (request) => {
      log.error('The invocation failed', loggable(request.error));
      request.error = safeToThrow(request.error);
    },
  };
}

/** How long it took and whether it failed, Lambda counts itself. */
function measuring(metrics: Metrics): Middleware {
  const flush = () => metrics.flush();
  return { after: flush, onError: flush };
}
