import { CfnResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type Protection, removalPolicyOf } from '../protection.ts';
import { setLogicalId } from './logical-id.ts';

export interface BucketOptions {
  readonly bucketName: string;
  readonly protection: Protection;
  /** Objects are deleted so long after they were put. */
  readonly expiresAfterDays: number;
  /** Who asked for which object is kept here. */
  readonly accessLogs?: IBucket;
}

/** A bucket that is encrypted, closed to the public and to plain HTTP, and forgets. */
export function createBucket(scope: Construct, id: string, options: BucketOptions): IBucket {
  const { bucketName, protection, expiresAfterDays, accessLogs } = options;
  const bucket = new Bucket(scope, id, {
    bucketName,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...(protection.keyArn === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : {
          encryption: BucketEncryption.KMS,
          encryptionKey: Key.fromKeyArn(scope, `${id}Key`, protection.keyArn),
          bucketKeyEnabled: true,
        }),
    lifecycleRules: [
      {
        id: 'forget',
        expiration: Duration.days(expiresAfterDays),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
    ],
    removalPolicy: removalPolicyOf(protection),
    // A bucket with objects in it cannot be deleted.
    autoDeleteObjects: protection.removal === 'destroy',
    ...(accessLogs === undefined
      ? {}
      : { serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: `${bucketName}/` }),
  });
  setLogicalId(bucket, id);
  acceptEmptier(bucket);
  // CDK's classes are not made for exact optional properties.
  return bucket as IBucket;
}

/** CDK's function that empties buckets names its role twice, which cfn-lint finds superfluous. */
function acceptEmptier(bucket: Bucket): void {
  const provider = Stack.of(bucket).node.tryFindChild('Custom::S3AutoDeleteObjectsCustomResourceProvider');
  const handler = provider?.node.tryFindChild('Handler');
  if (handler instanceof CfnResource) handler.addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } });
}

/** Server access logging takes no customer key (Amazon S3 User Guide, "Enabling Amazon S3 server access logging"). */
export function createAccessLogsBucket(
  scope: Construct,
  { bucketName, protection: { removal } }: Pick<BucketOptions, 'bucketName' | 'protection'>,
): IBucket {
  const bucket = createBucket(scope, 'BucketAccessLogs', {
    bucketName,
    protection: { removal },
    expiresAfterDays: 90,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'it holds the access logs; logging access to it would never end',
  });
  return bucket;
}
