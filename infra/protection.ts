import { type CfnResource, RemovalPolicy } from 'aws-cdk-lib';
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

/**
 * What is kept goes again with a deployment that failed to make it, for names are fixed: left behind, it would be in
 * the way of the next deployment. (`RetainExceptOnCreate`.)
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function removalPolicyOf({ removal }: Pick<Protection, 'removal'>): RemovalPolicy {
  return removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** Says so explicitly either way: what holds data must not depend on a default. */
export function keepOrRemove(resource: CfnResource, protection: Protection): void {
  resource.applyRemovalPolicy(removalPolicyOf(protection));
}
