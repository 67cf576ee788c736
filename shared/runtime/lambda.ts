import { systemClock } from './clock.ts';
import { type Config, readConfig } from './config.ts';
import type { FunctionDefinition } from './consumer-definition.ts';
import { lazyDeadLetters } from './lazy-dead-letters.ts';
import { withMemoryMetric } from './memory-metric.ts';
import { anyFunction } from './metrics.ts';
import { powertoolsLog } from './powertools-log.ts';
import { powertoolsMetrics } from './powertools-metrics.ts';
import { safeToThrow } from './safe-error.ts';
import type { BaseServices, Connections, Invoke, Services } from './services.ts';

/** How each connection that a function uses is made; it imports no other client. */
export type Connectors<Used extends keyof Connections> = {
  readonly [Name in Used]: (config: Config) => Connections[Name];
};

export interface LambdaOptions<Used extends keyof Connections, Response> {
  readonly definition: FunctionDefinition;
  /** What simulation and replay call with twins. */
  readonly create: (services: Services<Used>) => Invoke<Response>;
  readonly connect: Connectors<Used>;
}

/**
 * The exported `handler` of a function: reads the environment and connects at the first invocation, once.
 *
 * @throws {FatalConfigError} from every invocation until the environment is put right: nothing is dead-lettered
 */
export function lambda<Used extends keyof Connections, Response>(
  options: LambdaOptions<Used, Response>,
): Invoke<Response> {
  let handler: Invoke<Response> | undefined;
  return async (event, context) => {
    handler ??= start(options);
    return handler(event, context);
  };
}

function start<Used extends keyof Connections, Response>({
  definition,
  create,
  connect,
}: LambdaOptions<Used, Response>): Invoke<Response> {
  try {
    const config = readConfig(definition, process.env);
    return create({ ...baseServices(config), ...connectAll(connect, config) });
  } catch (error) {
    throw safeToThrow(error);
  }
}

function baseServices(config: Config): BaseServices {
  return {
    config,
    deadLetters: lazyDeadLetters(config),
    clock: systemClock,
    random: Math.random,
    log: powertoolsLog(config),
    metrics: withMemoryMetric({
      own: powertoolsMetrics(config),
      shared: powertoolsMetrics({ ...config, consumer: anyFunction }),
      limitMb: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      usedBytes: () => process.memoryUsage.rss(),
    }),
  };
}

function connectAll<Used extends keyof Connections>(
  connect: Connectors<Used>,
  config: Config,
): Pick<Connections, Used> {
  const connections: Partial<Pick<Connections, Used>> = {};
  for (const name of Object.keys(connect) as Used[]) connections[name] = connect[name](config);
  return connections as Pick<Connections, Used>;
}
