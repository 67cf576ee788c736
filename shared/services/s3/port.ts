/** The part of S3 that the pipeline uses. Keys are full object keys within one bucket. */
export interface ObjectStore {
  put(object: {
    readonly key: string;
    readonly body: string | Uint8Array;
    readonly contentType: string;
  }): Promise<void>;
  /** As UTF-8 text. Undefined when there is no such object. */
  get(key: string): Promise<string | undefined>;
  /** As it is stored. Undefined when there is no such object. */
  getBytes(key: string): Promise<Uint8Array | undefined>;
  /** Keys under a prefix, in UTF-8 binary order, all pages. */
  list(prefix: string): Promise<readonly string[]>;
  delete(key: string): Promise<void>;
}
