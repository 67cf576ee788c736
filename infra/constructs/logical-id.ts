import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * CloudFormation takes a resource with another logical id for another resource: it would make it anew and delete the
 * old one. What holds data or a position is named here, whatever becomes of the code around it.
 */
export function setLogicalId(construct: IConstruct, logicalId: string): void {
  const resource = construct instanceof CfnResource ? construct : construct.node.defaultChild;
  if (!(resource instanceof CfnResource)) throw new Error(`${construct.node.path} is no single resource to name.`);
  resource.overrideLogicalId(logicalId);
}
