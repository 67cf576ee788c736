import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readBatches } from '../../shared/operations/batch-file.ts';
import { objectStoreTwin } from '../../shared/services/s3/twin.ts';
import { baseServices, invocationContext } from '../../shared/testing/base-services.ts';
import { hiddenInKinesis } from '../../shared/testing/hidden-records.ts';
import { hostileRecords } from '../../shared/testing/hostile-records.ts';
import { kinesisRecords } from '../../shared/testing/record-builder.ts';
import { create } from './handler.ts';

const runs = { seed: 8, numRuns: 400 };

it('keeps hostile records, also with any kind of arrival, and good ones between them, as delivered', async () => {
  const hostile = fc.record({ content: hostileRecords, approximateArrivalTimestamp: fc.jsonValue() });
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 4 }), async (all) => {
      const objects = objectStoreTwin();
      const { insert } = kinesisRecords();
      const records = all.flatMap(({ content, approximateArrivalTimestamp }) => {
        const { kinesis, ...rest } = hiddenInKinesis(content, insert({ id: 'bad' }));
        return [{ ...rest, kinesis: { ...kinesis, approximateArrivalTimestamp } }, insert({ id: 'good' })];
      });
      const invoke = create({ ...baseServices({ consumer: 'archive', values: {} }), objects });
      expect(await invoke({ Records: records }, invocationContext)).toEqual({ batchItemFailures: [] });
      const [key = ''] = await objects.list('archive/');
      const [batch] = readBatches((await objects.getBytes(key)) ?? new Uint8Array());
      expect(batch?.records.map(({ record }) => record)).toEqual(JSON.parse(JSON.stringify(records)));
    }),
    runs,
  );
});
