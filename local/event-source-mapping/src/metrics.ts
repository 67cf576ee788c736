/**
 * Counted in records, like Lambda's event source mapping metrics.
 *
 * Once nothing is in flight: polled = filteredOut + processed + dropped + delivered + expired.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export interface MappingMetrics {
  /** PolledEventCount; records read again after a pause count again. */
  readonly polled: number;
  /** FilteredOutEventCount: matched no filter. */
  readonly filteredOut: number;
  /** InvokedEventCount: sent to the function, again with every attempt, those that were throttled included. */
  readonly invoked: number;
  /** FailedInvokeEventCount: in attempts that failed as a whole or in part, or did not reach the function. */
  readonly failed: number;
  /** Checkpointed by a success. */
  readonly processed: number;
  /** DroppedEventCount: given up without a copy in the failure destination. */
  readonly dropped: number;
  /** OnFailureDestinationDeliveredEventCount */
  readonly delivered: number;
  /** DestinationDeliveryFailures, counted in documents. */
  readonly deliveryFailures: number;
  /** Left the stream while they were being repeated; no counter of Lambda's includes them. */
  readonly expired: number;
  /** Times that records were trimmed before they were read. */
  readonly gaps: number;
}

export type MetricCounters = { -readonly [Name in keyof MappingMetrics]: number };

export function newCounters(): MetricCounters {
  return {
    polled: 0,
    filteredOut: 0,
    invoked: 0,
    failed: 0,
    processed: 0,
    dropped: 0,
    delivered: 0,
    deliveryFailures: 0,
    expired: 0,
    gaps: 0,
  };
}
