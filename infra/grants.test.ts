import { describe, expect, it } from 'vitest';
import { definition as replicator } from '../functions/replicator/definition.ts';
import { definition as searchIndex } from '../functions/search-index/definition.ts';
import type { FunctionDefinition } from '../shared/runtime/consumer-definition.ts';
import { operatorGrants } from './access.ts';
import { grantsOf } from './grants.ts';
import { planRegion } from './region-plan.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';

const place = { region: 'eu-west-1', account: '123456789012', partition: 'aws' };
const keyIn = (region: string) => `arn:aws:kms:${region}:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f`;
const keys = { arnByRegion: { 'eu-west-1': keyIn('eu-west-1'), 'us-east-1': keyIn('us-east-1') } };
const plan = planRegion({ ...sampleConfig, keys }, { house, place });
const ofKey = (region: string) => ({ resources: [keyIn(region)] });
/** By way of DynamoDB there, and for nothing but reading and writing its table. */
const replicaKey = {
  ...ofKey('us-east-1'),
  actions: ['kms:Decrypt'],
  conditions: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
};

describe('with a customer key in each region', () => {
  const keyGrantsOf = (definition: FunctionDefinition) =>
    grantsOf(definition, plan, place).filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));

  it('a function that uses the table of the other region may have its key decrypted there', () => {
    expect(keyGrantsOf(replicator)).toEqual([
      expect.objectContaining(replicaKey),
      expect.objectContaining(ofKey('eu-west-1')),
    ]);
  });

  it('a function that does not may use the key of its own region alone', () => {
    expect(keyGrantsOf(searchIndex)).toEqual([expect.objectContaining(ofKey('eu-west-1'))]);
  });

  it('an operator may use both, for a redrive writes to both tables', () => {
    const grants = operatorGrants(plan, place);
    expect(grants).toContainEqual(expect.objectContaining(replicaKey));
    expect(grants).toContainEqual(expect.objectContaining(ofKey('eu-west-1')));
  });
});
