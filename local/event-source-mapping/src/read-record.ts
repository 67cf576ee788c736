import { type EventRecord, encodedBytes } from './event.ts';
import { boundBytes } from './record-size.ts';
import type { SourceRecord } from './source.ts';

/** A record on its way through the mapping. */
export class ReadRecord implements SourceRecord {
  readonly sequenceNumber: string;
  readonly arrivalMs: number;
  readonly record: EventRecord;
  /** At least as many bytes as it takes within an event; cheap. */
  readonly boundBytes: number;
  /** Processed, filtered out or given up. */
  done = false;
  #bytes: number | undefined;

  constructor({ sequenceNumber, arrivalMs, record }: SourceRecord) {
    this.sequenceNumber = sequenceNumber;
    this.arrivalMs = arrivalMs;
    this.record = record;
    this.boundBytes = boundBytes(record);
  }

  /** Of its JSON within an event; encoded at most once, and only when the payload limit is near. */
  get bytes(): number {
    this.#bytes ??= encodedBytes(this.record);
    return this.#bytes;
  }
}
