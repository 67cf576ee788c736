import { Duration, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type Protection, removalPolicyOf } from '../protection.ts';
import { setLogicalId } from './logical-id.ts';

export interface QueueOptions {
  readonly queueName: string;
  readonly protection: Protection;
  readonly visibilityTimeoutS: number;
  /** Gets what was received five times and never deleted. Absent: a queue that nobody reads by itself. */
  readonly deadLetters?: IQueue;
}

/** A queue that is encrypted, closed to plain HTTP, and keeps for the 14 days that SQS allows. */
export function createQueue(scope: Construct, id: string, options: QueueOptions): Queue {
  const { queueName, protection, visibilityTimeoutS, deadLetters } = options;
  const queue = new Queue(scope, id, {
    queueName,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    visibilityTimeout: Duration.seconds(visibilityTimeoutS),
    ...(protection.keyArn === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : {
          encryption: QueueEncryption.KMS,
          encryptionMasterKey: Key.fromKeyArn(scope, `${id}Key`, protection.keyArn),
        }),
    ...(deadLetters === undefined ? {} : { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 } }),
    removalPolicy: removalPolicyOf(protection),
  });
  setLogicalId(queue, id);
  if (deadLetters === undefined) {
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'it is where dead letters end up: people read it, and what they leave shows as an alarm',
    });
  }
  return queue;
}
