import type { DomainStatus } from '@aws-sdk/client-opensearch';

/** A search domain that a stage has already, as OpenSearch Service describes it. */
export interface ExistingDomain {
  readonly region: string;
  readonly domain: DomainStatus;
}

/**
 * Why a stage cannot be deployed over its domain just now, each with what to do; empty when it can. CloudFormation
 * finds the same, but half-way: it then rolls the stack back, and waits for hours to do so.
 *
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-configuration-changes.html
 */
export function domainProblems({ region, domain }: ExistingDomain): readonly string[] {
  const state = stateOf(domain);
  return state === undefined ? [] : [`${domain.DomainName} in ${region} ${state}`];
}

function stateOf(domain: DomainStatus): string | undefined {
  if (domain.Deleted === true) return 'is being deleted: deploy again when it is gone';
  if (domain.DomainProcessingStatus === 'Isolated') {
    return 'is isolated, for its key cannot be used or the account is suspended: mend that first';
  }
  if (domain.UpgradeProcessing === true) return 'is being upgraded: deploy again when the upgrade has ended';
  if (domain.Processing === true) {
    const change = domain.ChangeProgressDetails?.ConfigChangeStatus;
    return `is being changed${change === undefined ? '' : ` (${change})`}: deploy again when the change has ended`;
  }
  return undefined;
}
