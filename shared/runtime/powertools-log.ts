import { Logger } from '@aws-lambda-powertools/logger';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** Structured lines on standard output, level by `POWERTOOLS_LOG_LEVEL`. */
export function powertoolsLog({ consumer, stage }: Pick<Config, 'consumer' | 'stage'>): Log {
  const logger = new Logger({ serviceName: consumer, persistentKeys: { stage } });
  return {
    startInvocation: (requestId) => logger.appendKeys({ function_request_id: requestId }),
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}
