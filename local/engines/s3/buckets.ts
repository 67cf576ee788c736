import { S3Error } from './error.ts';

export interface StoredObject {
  readonly body: Buffer;
  /** With its quotation marks. */
  readonly etag: string;
  readonly lastModified: Date;
  /** Lower-case header names and values given back with the object: content type, `x-amz-meta-...`, checksum. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Buckets {
  /** @throws {S3Error} `BucketAlreadyOwnedByYou` */
  create(name: string): void;
  /** @throws {S3Error} `NoSuchBucket` */
  objects(name: string): Map<string, StoredObject>;
  names(): readonly string[];
}

export function createBuckets(): Buckets {
  const buckets = new Map<string, Map<string, StoredObject>>();
  return {
    create(name) {
      if (buckets.has(name)) {
        throw new S3Error('BucketAlreadyOwnedByYou', 409, `The bucket ${name} exists already, and you own it.`);
      }
      buckets.set(name, new Map());
    },
    objects(name) {
      const objects = buckets.get(name);
      if (objects === undefined) throw new S3Error('NoSuchBucket', 404, 'The specified bucket does not exist');
      return objects;
    },
    names: () => [...buckets.keys()],
  };
}
