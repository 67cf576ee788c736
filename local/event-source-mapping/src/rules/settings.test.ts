import { expect, it } from 'vitest';
import { inserts, scenario } from '../testing/scenario.ts';

it.each([0, 1, 59])('[config-record-age-gap] a record age of %i s is refused', async (MaximumRecordAgeInSeconds) => {
  await expect(scenario({ records: inserts(1, 1), mapping: { MaximumRecordAgeInSeconds } })).rejects.toThrow(
    'must be -1 (no limit) or from 60 to 604800',
  );
});
