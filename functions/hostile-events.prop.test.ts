import fc from 'fast-check';
import { expect, it } from 'vitest';
import { operateConsumer } from '../shared/operations/operated-services.ts';
import type { Invoke } from '../shared/runtime/services.ts';
import { invocationContext } from '../shared/testing/base-services.ts';
import { hostileRecords } from '../shared/testing/hostile-records.ts';
import { operatedTarget } from '../shared/testing/operated-target.ts';
import { create as createSettler } from './email-settler/handler.ts';
import { redriveSources } from './redrives.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

/** Events as a whole, of anybody who may invoke a function: no mapping sends them. */
const runs = { seed: 8, numRuns: 150 };
const part = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant({}), fc.constant('2026-01-01T00:00:00Z'));
const events = fc.oneof(
  part,
  fc.record({ Records: part }),
  fc.record(
    {
      Records: fc.array(fc.oneof(hostileRecords, fc.record({ messageId: part, body: part }), part), { maxLength: 3 }),
      shardId: part,
      window: fc.oneof(part, fc.record({ start: part, end: part })),
      state: fc.oneof(part, fc.record({ counts: part, first: part, active: part })),
      isFinalInvokeForWindow: fc.oneof(fc.boolean(), part),
      isWindowTerminatedEarly: part,
    },
    { requiredKeys: ['Records'] },
  ),
);
const names = registry.flatMap((definition) => ('strategy' in definition ? [definition.name] : []));

it.each([
  ...names,
  'email-settler',
])('%s answers any event as Lambda understands it, or fails with a typed error', async (name) => {
  const invoke = await functionNamed(name);
  await fc.assert(
    fc.asyncProperty(events, async (event) => {
      try {
        const answer = await invoke(event, invocationContext);
        expect(answer).toMatchObject({ batchItemFailures: expect.any(Array) });
      } catch (error) {
        expect(error).toMatchObject({ name: expect.stringMatching(/^(FatalConfig|Invariant|Retryable)Error$/) });
      }
    }),
    runs,
  );
});

async function functionNamed(name: string): Promise<Invoke<unknown>> {
  const { region, clock } = operatedTarget({ table, registry });
  const definition = registry.find((each) => each.name === name);
  if (definition === undefined) throw new Error(`There is no ${name}.`);
  const { services } = operateConsumer(definition, region, { table, clock, random: () => 0.5 });
  if (!('strategy' in definition)) return createSettler(services);
  return (await redriveSources.handlerOf(definition))(services);
}
