import { connectObjects } from '../../shared/runtime/connect-objects.ts';
import { createWholeHandler } from '../../shared/runtime/create-whole-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { archiveBucket } from '../../shared/sinks/archive/resources.ts';
import { createArchiveSink } from '../../shared/sinks/archive/sink.ts';
import { definition } from './definition.ts';

/** It has no effects: what is archived is not read. */
export function create(services: Services<'objects'>) {
  return createWholeHandler({ definition, sink: createArchiveSink(services), services });
}

export const handler = lambda({
  definition,
  create,
  connect: { objects: (config) => connectObjects(config, archiveBucket.variable) },
});
