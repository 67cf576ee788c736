import { gzipSync } from 'node:zlib';
import { writeBatchFile } from '../../batch/recorded-batch.ts';
import type { DeliveredBatch, WholeSink } from '../../batch/sink.ts';
import { arrivalMs } from '../../change/arrival.ts';
import type { ObjectStore } from '../../services/s3/port.ts';
import { classify } from './classify.ts';
import { archiveKey } from './object-key.ts';

/**
 * Keeps every batch as one object: a gzipped batch file, which replay reads.
 *
 * *Every record is there at least once, as it was delivered*, also one that no consumer can decode. The key and the
 * bytes follow from the batch alone, so a batch that comes again replaces itself. A batch whose answer was lost may
 * come again in other parts: their objects overlap the first one, and a record is then in two. Its position tells.
 */
export function createArchiveSink({ objects }: { readonly objects: ObjectStore }): WholeSink {
  return {
    strategy: 'whole',
    keep: async (batch) => {
      const body = gzipSync(writeBatchFile(recorded(batch)));
      try {
        await objects.put({ key: archiveKey(batch), body, contentType: 'application/gzip' });
      } catch (error) {
        // recovery: object-not-stored
        throw classify(error);
      }
    },
  };
}

function recorded({ streamArn, shardId, records }: DeliveredBatch) {
  return {
    header: {
      source: streamArn.split(':')[2] === 'kinesis' ? ('kinesis' as const) : ('stream' as const),
      streamArn,
      redaction: 'none' as const,
      ...(shardId === undefined ? {} : { shardId }),
    },
    records: records.map(({ raw }) => {
      const timeMs = arrivalMs(raw);
      return { ...(timeMs === undefined ? {} : { arrivedAt: new Date(timeMs).toISOString() }), record: raw };
    }),
  };
}
