import { expect, test } from 'vitest';
import { createFaultInjector } from './delivery-faults.ts';
import type { KinesisRecord } from './kinesis-record.ts';

const batch: KinesisRecord[] = Array.from({ length: 40 }, (_, index) => ({
  partitionKey: `item-${index % 4}`,
  data: Buffer.from(String(index)),
}));

test('a reordered batch holds the same records and swaps some within an item', () => {
  const { reorder } = createFaultInjector({ seed: 1, duplicateRate: 0, reorderRate: 0.3 });

  const { batch: reordered, swaps } = reorder(batch);

  expect(swaps).toBeGreaterThan(0);
  expect(new Set(reordered)).toEqual(new Set(batch));
  const ofOneItem = reordered.filter(({ partitionKey }) => partitionKey === 'item-0');
  expect(ofOneItem).not.toEqual(batch.filter(({ partitionKey }) => partitionKey === 'item-0'));
});

test('the same seed makes the same faults', () => {
  const faults = { seed: 5, duplicateRate: 0, reorderRate: 0.5 };

  expect(createFaultInjector(faults).reorder(batch)).toEqual(createFaultInjector(faults).reorder(batch));
  expect(createFaultInjector({ ...faults, seed: 6 }).reorder(batch)).not.toEqual(
    createFaultInjector(faults).reorder(batch),
  );
});

test('without a rate nothing is touched', () => {
  const injector = createFaultInjector({ seed: 1, duplicateRate: 0, reorderRate: 0 });
  injector.remember(batch);

  expect(injector.reorder(batch)).toEqual({ batch, swaps: 0 });
  expect(injector.takeDue('all')).toEqual([]);
});

test('a remembered record comes again exactly once, within five rounds', () => {
  const { remember, takeDue } = createFaultInjector({ seed: 1, duplicateRate: 1, reorderRate: 0 });
  remember(batch);

  const rounds = Array.from({ length: 6 }, () => takeDue('due'));

  expect(new Set(rounds.flat())).toEqual(new Set(batch));
  expect(rounds.flat()).toHaveLength(batch.length);
  expect(rounds[5]).toEqual([]);
  expect(rounds.filter((round) => round.length > 0).length).toBeGreaterThan(1);
});

test('draining returns all that is remembered', () => {
  const { remember, takeDue } = createFaultInjector({ seed: 1, duplicateRate: 1, reorderRate: 0 });
  remember(batch);

  expect(takeDue('all')).toEqual(batch);
  expect(takeDue('all')).toEqual([]);
});
