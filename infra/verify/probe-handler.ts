import { connectObjects } from '../../shared/runtime/connect-objects.ts';
import type { FunctionDefinition } from '../../shared/runtime/consumer-definition.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Invoke, Services } from '../../shared/runtime/services.ts';
import { isJsonObject } from '../../shared/services/opensearch/json.ts';
import { answerTo } from './probe-answer.ts';
import { recordings } from './probe-house.ts';

/** Keeps the event and the answer before it answers. */
export function createProbe(definition: FunctionDefinition) {
  return ({ objects, clock }: Pick<Services<'objects'>, 'objects' | 'clock'>): Invoke => {
    return async (event, { awsRequestId }) => {
      const received = isJsonObject(event) ? event : {};
      const answer = answerTo(received);
      const atMs = clock.nowMs();
      await objects.put({
        key: `${definition.name}/${atMs}-${awsRequestId}.json`,
        body: JSON.stringify({ probe: definition.name, atMs, event: received, answer }),
        contentType: 'application/json',
      });
      if (answer.kind === 'threw') throw new Error(answer.message);
      return answer.value;
    };
  };
}

export function probeHandler(definition: FunctionDefinition): Invoke {
  const connect = {
    objects: (config: Parameters<typeof connectObjects>[0]) => connectObjects(config, recordings.variable),
  };
  return lambda<'objects', unknown>({ definition, create: createProbe(definition), connect });
}
