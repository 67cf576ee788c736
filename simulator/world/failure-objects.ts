import type { FailureDelivery } from '@tributary/event-source-mapping';

/** A batch that a mapping gave up on, as its destination holds it. */
export interface FailureObject {
  readonly consumer: string;
  readonly shardId: string;
  readonly records: readonly unknown[];
  /** As its destination got it; absent: a batch that nobody gave up on, and that is redriven all the same. */
  readonly document?: string;
  isPending: boolean;
}

export class FailureObjects {
  readonly all: FailureObject[] = [];

  add(consumer: string, { body, shardId }: FailureDelivery): void {
    const { payload }: { readonly payload: string } = JSON.parse(body);
    const { Records: records }: { readonly Records: readonly unknown[] } = JSON.parse(payload);
    this.all.push({ consumer, shardId, records, document: body, isPending: true });
  }

  get pending(): readonly FailureObject[] {
    return this.all.filter(({ isPending }) => isPending);
  }
}
