import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { TableDefinition } from '../shared/change/table-definition.ts';
import { importProblems } from './imported-table.ts';

const definition: TableDefinition = {
  name: 'orders',
  partitionKey: { name: 'pk', type: 'S' },
  sortKey: { name: 'sk', type: 'N' },
  timeToLiveAttribute: 'expiresAt',
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [],
};
const streamArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000';
const table: TableDescription = {
  TableName: 'orders',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'sk', AttributeType: 'N' },
    { AttributeName: 'pk', AttributeType: 'S' },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  LatestStreamArn: streamArn,
};
const timeToLive = { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' } as const;

function problems(change: Partial<TableDescription>, live: object = timeToLive): string {
  const existing = { region: 'eu-west-1', table: { ...table, ...change }, timeToLive: live };
  return importProblems(definition, { existing, streamArn }).join('\n');
}

describe('importProblems', () => {
  it('finds nothing in a table that is as functions/table.ts says', () => {
    expect(problems({})).toBe('');
  });

  it.each<[what: string, change: Partial<TableDescription>, says: string]>([
    ['another sort key', { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }, 'its key is pk (S, HASH), func'],
    ['a stream that is off', { StreamSpecification: { StreamEnabled: false } }, 'its stream is off: turn on'],
    [
      'a stream without old images',
      { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } },
      'its stream is NEW_IMAGE',
    ],
    ['a stream that was turned off and on again', { LatestStreamArn: `${streamArn}1` }, 'write the former'],
  ])('tells of %s', (_what, change, says) => {
    expect(problems(change)).toContain(`orders in eu-west-1: `);
    expect(problems(change)).toContain(says);
  });

  it('tells of a key attribute of another type', () => {
    const AttributeDefinitions = [
      { AttributeName: 'pk', AttributeType: 'S' as const },
      { AttributeName: 'sk', AttributeType: 'S' as const },
    ];
    expect(problems({ AttributeDefinitions })).toContain('pk (S, HASH) and sk (S, RANGE)');
  });

  it('tells of a time to live that is off', () => {
    expect(problems({}, { TimeToLiveStatus: 'DISABLED' })).toContain('its time to live is off');
  });
});
