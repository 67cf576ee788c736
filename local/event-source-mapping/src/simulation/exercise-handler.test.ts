import { describe, expect, it } from 'vitest';
import type { MappingEvent } from '../event.ts';
import { exerciseHandler } from './exercise-handler.ts';

const changes = ['ann', 'bob', 'cy', 'dee', 'eve'].map((id) => ({
  keys: { id: { S: id } },
  newImage: { id: { S: id } },
}));
const seeds = Array.from({ length: 20 }, (_, seed) => seed);

function ids({ Records }: MappingEvent): string[] {
  return Records.flatMap((record) => {
    const id = 'dynamodb' in record ? record.dynamodb.Keys.id : undefined;
    return id && 'S' in id ? [id.S] : [];
  });
}

describe('exercising a handler', () => {
  it.each(seeds)('shows that one whose effects are idempotent ends as on a good day (seed %i)', async (seed) => {
    const welcomed = new Set<string>();
    const handler = (event: MappingEvent) => {
      for (const id of ids(event)) welcomed.add(id);
    };
    const { ended, metrics } = await exerciseHandler({ changes, handler, seed });
    expect([...welcomed]).toEqual(['ann', 'bob', 'cy', 'dee', 'eve']);
    expect({ ended, processed: metrics.processed }).toEqual({ ended: 'settled', processed: 5 });
  });

  it('catches one that counts on getting each record once', async () => {
    const counts = await Promise.all(
      seeds.map(async (seed) => {
        let count = 0;
        const handler = ({ Records }: MappingEvent) => {
          count += Records.length;
        };
        await exerciseHandler({ changes, handler, seed });
        return count;
      }),
    );
    expect(Math.max(...counts)).toBeGreaterThan(5);
  });

  it('is the same for the same seed', async () => {
    const run = () => exerciseHandler({ changes, handler: () => null, seed: 4 });
    expect(await run()).toEqual(await run());
  });
});
