/**
 * Counted in records, like Lambda's event source mapping metrics.
 *
 * Once nothing is in flight: polled = processed + dropped + delivered.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export interface MappingMetrics {
  /** PolledEventCount; records read again after a pause count again. */
  readonly polled: number;
  /** InvokedEventCount: sent to the function, again with every attempt. */
  readonly invoked: number;
  /** FailedInvokeEventCount: in invocations that failed, as a whole or in part. */
  readonly failed: number;
  /** Checkpointed by a success. */
  readonly processed: number;
  /** DroppedEventCount: given up without a copy in the failure destination. */
  readonly dropped: number;
  /** OnFailureDestinationDeliveredEventCount */
  readonly delivered: number;
  /** DestinationDeliveryFailures, counted in documents. */
  readonly deliveryFailures: number;
  /** Times that records were trimmed before they were read. */
  readonly gaps: number;
}

export type MetricCounters = { -readonly [Name in keyof MappingMetrics]: number };

export function newCounters(): MetricCounters {
  return {
    polled: 0,
    invoked: 0,
    failed: 0,
    processed: 0,
    dropped: 0,
    delivered: 0,
    deliveryFailures: 0,
    gaps: 0,
  };
}
