import type { DynamoDbCall } from '../../shared/services/dynamodb/intercept.ts';
import { cancelled, named } from '../faults/service-errors.ts';
import { faultsOf, type Place } from '../world/place.ts';

/**
 * What DynamoDB says to a write that it takes for invalid, as long as the outage of kind `poison` lasts: a counter of
 * that group, an item of that id. The old code made it so, the next deployment will not.
 */
export function refusedItem(call: DynamoDbCall, place: Place): Error | undefined {
  const refusal = refusalOf(call, place);
  if (refusal !== undefined) faultsOf(place).diverts('poison', place.consumer);
  return refusal;
}

function refusalOf(call: DynamoDbCall, { world, consumer }: Place): Error | undefined {
  if (call.operation === 'putItem') {
    const id = call.input.Item?.id?.S;
    return id !== undefined && world.outages.poisons(consumer, id) ? named('ValidationException') : undefined;
  }
  if (call.operation !== 'transactWriteItems') return undefined;
  const items = call.input.TransactItems ?? [];
  const at = items.findIndex(({ Update }) => world.outages.poisons(consumer, Update?.Key?.group?.S ?? ''));
  return at < 0 ? undefined : cancelled(items.length, 'ValidationError', at);
}
