import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { operatorGrants, readerGrants } from '../access.ts';
import type { Grant } from '../grants.ts';
import type { Place } from '../names.ts';
import type { RegionPlan } from '../region-plan.ts';
import { acknowledgeWildcards, policyDocument } from '../wildcards.ts';

/** What people attach to their own roles: Reader to look, Operator to act. */
export function createAccessPolicies(scope: Construct, plan: RegionPlan, place: Place): void {
  const policies: Record<string, { description: string; grants: readonly Grant[] }> = {
    Reader: { description: 'How the pipeline is doing, and nobody’s data', grants: readerGrants(plan) },
    Operator: { description: 'Pause, resume and redrive', grants: operatorGrants(plan, place) },
  };
  for (const [id, { description, grants }] of Object.entries(policies)) {
    const policy = new CfnManagedPolicy(scope, id, {
      managedPolicyName: plan.names.managedPolicy(id.toLowerCase()),
      description: `${plan.names.stack(id.toLowerCase())}: ${description}`,
      policyDocument: policyDocument(grants),
    });
    acknowledgeWildcards(policy, grants);
  }
}
