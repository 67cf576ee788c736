/** The part of SQS that the pipeline uses: notices to one queue. */
export interface Queue {
  send(body: string): Promise<void>;
}

/** A queue for whoever works off its messages. */
export interface WorkQueue extends Queue {
  /** At most ten messages, which nobody else is given for two minutes; none when there are none left. */
  receive(): Promise<readonly ReceivedMessage[]>;
  /** For good. */
  remove(message: ReceivedMessage): Promise<void>;
  /** Gives it back at once. */
  release(message: ReceivedMessage): Promise<void>;
}

export interface ReceivedMessage {
  readonly body: string;
  readonly receipt: string;
}
