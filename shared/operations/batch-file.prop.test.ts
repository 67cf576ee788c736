import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readBatches } from './batch-file.ts';

const runs = { seed: 8, numRuns: 3_000 };
const fixture = readFileSync(join(import.meta.dirname, '../../fixtures/ordinary-stream.jsonl'), 'utf8');
const [header = '', ...lines] = fixture.trim().split('\n').slice(0, 6);
const records = lines.map((line): unknown => JSON.parse(line).record);
const event = { Records: records };
const info = { shardId: 'shardId-1', startSequenceNumber: '1', endSequenceNumber: '2' };
const failure = { requestContext: {}, DDBStreamBatchInfo: info, payload: JSON.stringify(event) };
const envelope = { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(failure) }] };
const received = { Messages: [{ MessageId: 'm-1', ReceiptHandle: 'r-1', Body: JSON.stringify(failure) }] };
const letter = { consumer: 'aggregates', position: info, record: records[0] };
const forms = [
  [header, ...lines].join('\n'),
  ...[event, failure, envelope, received, letter].map((each) => JSON.stringify(each)),
];

/** Every form in which batches come, cut, with a piece replaced or doubled, or packed and then damaged. */
const damagedFiles = fc
  .record({
    form: fc.constantFrom(...forms),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 40 }),
    piece: fc.oneof(fc.constantFrom('', 'null', '{}', '[]', '"', '}', '\n', '0'), fc.string({ maxLength: 10 })),
    isPacked: fc.boolean(),
  })
  .map(({ form, at, length, piece, isPacked }) => {
    const bytes = isPacked ? gzipSync(form) : Buffer.from(form);
    const from = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, from), Buffer.from(piece), bytes.subarray(from + length)]);
  });

it('gives batches or InvalidBatchFileError for whatever a file, a document or an envelope has become', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        damagedFiles,
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (content) => {
        try {
          for (const batch of readBatches(content)) expect(batch.header.streamArn).toBeTypeOf('string');
        } catch (error) {
          expect(error).toMatchObject({ name: 'InvalidBatchFileError' });
        }
      },
    ),
    runs,
  );
});

it('reads every form undamaged', () => {
  for (const form of forms) expect(readBatches(Buffer.from(form)).length).toBe(1);
});
