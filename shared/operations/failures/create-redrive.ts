import type { StreamConsumerDefinition } from '../../runtime/consumer-definition.ts';
import type { OperatedConsumer } from '../operated-services.ts';
import type { Redrive, RedriveSources } from './redrive.ts';
import { throughHandler, windowsAreClosed } from './through-handler.ts';

/** How records of a consumer are brought in that it did not take in time: its own way, or through its handler. */
export async function createRedrive(
  { definition, operated }: { readonly definition: StreamConsumerDefinition; readonly operated: OperatedConsumer },
  { redrives, handlerOf }: RedriveSources,
): Promise<Redrive> {
  const special = redrives[definition.name];
  if (special !== undefined) return special(operated);
  if (definition.strategy === 'window') return windowsAreClosed();
  return throughHandler(definition, await handlerOf(definition))(operated);
}
