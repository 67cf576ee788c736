import { CfnDeletionPolicy, type CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { StageConfig } from './stage-config.ts';

/** How data at rest is kept in one region: by which key, and whether it outlives its stack. */
export interface Protection {
  readonly removal: StageConfig['removal'];
  /** Absent: keys of AWS. */
  readonly keyArn?: string;
}

export function protectionOf({ removal, keys }: StageConfig, region: string): Protection {
  const keyArn = keys === 'aws' ? undefined : keys.arnByRegion[region];
  return keyArn === undefined ? { removal } : { removal, keyArn };
}

export function removalPolicyOf({ removal }: Protection): RemovalPolicy {
  return removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** Says so explicitly either way: what holds data must not depend on a default. */
export function keepOrRemove(resource: CfnResource, { removal }: Protection): void {
  const policy = removal === 'retain' ? CfnDeletionPolicy.RETAIN : CfnDeletionPolicy.DELETE;
  resource.cfnOptions.deletionPolicy = policy;
  resource.cfnOptions.updateReplacePolicy = policy;
}
