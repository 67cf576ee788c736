/**
 * What a stream handler answers. At most one identifier: the lowest unresolved sequence number; Lambda takes the lowest
 * of several anyway and redelivers everything from it on.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}
