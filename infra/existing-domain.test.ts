import type { DomainStatus } from '@aws-sdk/client-opensearch';
import { describe, expect, it } from 'vitest';
import { domainProblems } from './existing-domain.ts';

const idle: DomainStatus = {
  DomainId: '1/tributary-production',
  DomainName: 'tributary-production',
  ARN: 'arn:aws:es:eu-west-1:123456789012:domain/tributary-production',
  Created: true,
  Deleted: false,
  Processing: false,
  UpgradeProcessing: false,
  ClusterConfig: {},
  DomainProcessingStatus: 'Active',
};

function problems(change: Partial<DomainStatus>): readonly string[] {
  return domainProblems({ region: 'eu-west-1', domain: { ...idle, ...change } });
}

describe('domainProblems', () => {
  it('finds nothing in a domain that is at rest', () => {
    expect(problems({})).toEqual([]);
  });

  it.each<[what: string, change: Partial<DomainStatus>, says: string]>([
    [
      'a change under way',
      { Processing: true, ChangeProgressDetails: { ConfigChangeStatus: 'ApplyingChanges' } },
      'tributary-production in eu-west-1 is being changed (ApplyingChanges): deploy again',
    ],
    ['an upgrade', { Processing: true, UpgradeProcessing: true }, 'is being upgraded: deploy again'],
    ['a deletion', { Processing: true, Deleted: true }, 'is being deleted: deploy again when it is gone'],
    ['a key that is out of reach', { DomainProcessingStatus: 'Isolated' }, 'is isolated, for its key cannot be used'],
  ])('tells of %s, and what to do', (_what, change, says) => {
    expect(problems(change)).toEqual([expect.stringContaining(says)]);
  });
});
