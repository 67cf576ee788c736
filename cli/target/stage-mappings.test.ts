import { expect, it } from 'vitest';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { planRegion } from '../../infra/region-plan.ts';
import { sampleConfig } from '../../infra/testing/sample-stage.ts';
import { mappedFunctions } from './stage-mappings.ts';

it('counts the time to loss of a stage until a mapping puts records aside, however long Kinesis keeps them', () => {
  const config = { ...sampleConfig, kinesisRetentionH: 168 };
  const place = { region: 'eu-west-1', account: '111122223333', partition: 'aws' };
  const mapped = mappedFunctions(planRegion(config, { house: { table, registry }, place }));
  const hours = Object.fromEntries(
    mapped.map(({ consumer, recordAgeMaxMs }) => [consumer, recordAgeMaxMs / 3_600_000]),
  );
  expect(hours).toMatchObject({ aggregates: 20, 'search-index': 20, archive: 20 });
  expect(hours).not.toHaveProperty('email-settler');
});
