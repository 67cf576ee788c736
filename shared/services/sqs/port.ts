/** The part of SQS that the pipeline uses: notices to one queue. */
export interface Queue {
  send(body: string): Promise<void>;
}
