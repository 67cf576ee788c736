/** A running local stand-in for one AWS service, bound to loopback only. */
export interface Engine {
  /** The service as the banner names it, e.g. `DynamoDB`. */
  readonly service: string;
  /** What answers in its place, with its version, e.g. `dynoxide 1.2.1`. */
  readonly backedBy: string;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends within two seconds, leaving neither process nor temporary folder. Safe to call twice. */
  stop(): Promise<void>;
}
