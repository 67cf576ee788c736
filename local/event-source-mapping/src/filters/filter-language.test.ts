import { describe, expect, it } from 'vitest';
import type { AttributeMap, DynamoDbEventRecord } from '../event.ts';
import { matchFilter } from './match-filter.ts';

function change(newImage: AttributeMap, more: Partial<DynamoDbEventRecord> = {}): DynamoDbEventRecord {
  return {
    eventID: '0'.repeat(32),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_225_600,
      Keys: { id: { S: 'one' } },
      NewImage: newImage,
      SequenceNumber: '1',
      SizeBytes: 300,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: 'arn:aws:dynamodb:eu-west-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000',
    ...more,
  };
}

/** Whether a new image passes a pattern about new images. */
function passes(pattern: object, newImage: AttributeMap): boolean {
  return matchFilter(JSON.stringify({ dynamodb: { NewImage: pattern } }), change(newImage));
}

const state = (...tests: readonly unknown[]) => ({ state: { S: tests } });
const withState = (text: string): AttributeMap => ({ state: { S: text } });

describe('the operators', () => {
  it.each([
    ['[filter-exact] a string equals itself', 'paid', 'paid', 'Paid'],
    ['[filter-exact] the empty string equals itself', '', '', 'x'],
    ['[filter-ignore-case] upper and lower case are the same', { 'equals-ignore-case': 'PAID é' }, 'paid É', 'paid e'],
    ['[filter-prefix] a string begins so', { prefix: 'pa' }, 'paid', 'unpaid'],
    ['[filter-suffix] a string ends so', { suffix: 'id' }, 'paid', 'idle'],
    ['[filter-anything-but] another string', { 'anything-but': 'paid' }, 'open', 'paid'],
    ['[filter-anything-but] none of several', { 'anything-but': ['paid', 'sent'] }, 'open', 'sent'],
  ])('%s', (_title, test, good, bad) => {
    expect(passes(state(test), withState(good))).toBe(true);
    expect(passes(state(test), withState(bad))).toBe(false);
  });

  it('[filter-null] null equals null and nothing else', () => {
    const deletedBy = (principal: unknown) => ({ ...change({}), userIdentity: { type: 'Service', principal } });
    const pattern = JSON.stringify({ userIdentity: { principal: [null] } });
    expect(matchFilter(pattern, { ...deletedBy(null), userIdentity: JSON.parse('{"principal":null}') })).toBe(true);
    expect(matchFilter(pattern, { ...deletedBy(null), userIdentity: JSON.parse('{"principal":"null"}') })).toBe(false);
  });

  it('[filter-leaf-or] one value of several is enough', () => {
    expect(passes(state('open', 'paid'), withState('paid'))).toBe(true);
    expect(passes(state('open', { prefix: 'pa' }), withState('sent'))).toBe(false);
  });

  it('[filter-fields-and] every field must hold', () => {
    const pattern = { state: { S: ['paid'] }, country: { S: ['DE'] } };
    expect(passes(pattern, { state: { S: 'paid' }, country: { S: 'DE' } })).toBe(true);
    expect(passes(pattern, { state: { S: 'paid' }, country: { S: 'FR' } })).toBe(false);
  });

  it('[filter-or-fields] $or takes one alternative of several, besides the other fields', () => {
    const pattern = { $or: [{ state: { S: ['paid'] } }, { state: { S: ['sent'] } }], country: { S: ['DE'] } };
    expect(passes(pattern, { state: { S: 'sent' }, country: { S: 'DE' } })).toBe(true);
    expect(passes(pattern, { state: { S: 'open' }, country: { S: 'DE' } })).toBe(false);
    expect(passes(pattern, { state: { S: 'sent' }, country: { S: 'FR' } })).toBe(false);
  });
});

describe('what is there and what is not', () => {
  it('[filter-exists-leaves] exists sees leaves only: an attribute without its type is none', () => {
    expect(passes({ state: [{ exists: false }] }, withState('paid'))).toBe(true);
    expect(passes({ state: [{ exists: true }] }, withState('paid'))).toBe(false);
    expect(passes({ state: { S: [{ exists: true }] } }, withState('paid'))).toBe(true);
  });

  it('[filter-empty-has-no-leaf] an empty list or map does not exist', () => {
    const lists: AttributeMap = { list: { L: [] }, map: { M: {} } };
    expect(passes({ list: { L: [{ exists: true }] } }, lists)).toBe(false);
    expect(passes({ list: { L: [{ exists: false }] }, map: { M: [{ exists: false }] } }, lists)).toBe(true);
  });

  it('[filter-anything-but-needs-field] an absent field is not "anything but"', () => {
    expect(passes(state({ 'anything-but': 'paid' }), {})).toBe(false);
    expect(passes(state({ exists: false }, { 'anything-but': 'paid' }), {})).toBe(true);
  });

  it('[filter-not-expired] deletes by time to live are told from others by the identity', () => {
    const pattern = '{"userIdentity":{"type":[{"exists":false}]}}';
    const byService = change({}, { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } });
    expect(matchFilter(pattern, byService)).toBe(false);
    expect(matchFilter(pattern, change({}))).toBe(true);
  });
});

describe('numbers', () => {
  it('[filter-numeric-never-on-n] numeric never matches an attribute: DynamoDB writes numbers as strings', () => {
    expect(passes({ total: { N: [{ numeric: ['>', 1] }] } }, { total: { N: '300' } })).toBe(false);
    expect(passes({ total: { N: ['300'] } }, { total: { N: '300' } })).toBe(true);
  });

  it.each([
    [['=', 300], true],
    [['>=', 300], true],
    [['>', 300], false],
    [['<', 300.5], true],
    [['>', 0, '<=', 300], true],
    [['>', 0, '<', 300], false],
  ])('[filter-numeric] numeric %j holds for the 300 bytes of a record: %s', (numeric, holds) => {
    expect(matchFilter(JSON.stringify({ dynamodb: { SizeBytes: [{ numeric }] } }), change({}))).toBe(holds);
  });

  it('[filter-number-equality] a number equals one written otherwise, and no string', () => {
    for (const written of ['300', '300.0', '3.0e2']) {
      expect(matchFilter(`{"dynamodb":{"SizeBytes":[${written}]}}`, change({}))).toBe(true);
    }
    expect(matchFilter('{"dynamodb":{"SizeBytes":["300"]}}', change({}))).toBe(false);
    expect(passes({ total: { N: [300] } }, { total: { N: '300' } })).toBe(false);
  });
});

describe('arrays', () => {
  it('[filter-array-any] one fitting element is enough, also for anything-but', () => {
    const colours: AttributeMap = { colours: { SS: ['red', 'blue'] } };
    expect(passes({ colours: { SS: ['blue'] } }, colours)).toBe(true);
    expect(passes({ colours: { SS: [{ 'anything-but': 'red' }] } }, colours)).toBe(true);
    expect(passes({ colours: { SS: [{ 'anything-but': ['red', 'blue'] }] } }, colours)).toBe(false);
  });

  it('[filter-array-same-element] conditions under one array must hold in the same element', () => {
    const pattern = { lines: { L: { M: { sku: { S: ['a'] }, left: { N: ['0'] } } } } };
    const line = (sku: string, left: string) => ({ M: { sku: { S: sku }, left: { N: left } } });
    expect(passes(pattern, { lines: { L: [line('a', '0'), line('b', '3')] } })).toBe(true);
    expect(passes(pattern, { lines: { L: [line('a', '3'), line('b', '0')] } })).toBe(false);
    expect(passes({ L: { L: { S: ['Ops'], N: ['3'] } } }, { L: { L: [{ S: 'Ops' }, { N: '3' }] } })).toBe(false);
  });
});

describe('the shape of a pattern', () => {
  it('[filter-flat-key] a key with a dot reaches into nested fields', () => {
    expect(matchFilter('{"dynamodb.NewImage.state.S":["paid"]}', change(withState('paid')))).toBe(true);
    expect(passes({ 'state.S': ['paid'] }, withState('open'))).toBe(false);
  });

  it('[filter-duplicate-object] an object given twice is merged', () => {
    const pattern = '{"dynamodb":{"NewImage":{"state":{"S":["paid"]}}},"dynamodb":{"Keys":{"id":{"S":["one"]}}}}';
    expect(matchFilter(pattern, change(withState('paid')))).toBe(true);
    expect(matchFilter(pattern, change(withState('open')))).toBe(false);
  });

  it('[filter-duplicate-leaf] of a leaf given twice the last counts', () => {
    const pattern = '{"eventName":["REMOVE"],"eventName":["INSERT"]}';
    expect(matchFilter(pattern, change({}))).toBe(true);
    expect(matchFilter(pattern, change({}, { eventName: 'REMOVE' }))).toBe(false);
  });

  it('[filter-dynamodb-whole-record] every field of the record can be filtered, not only dynamodb', () => {
    const pattern = '{"eventName":["INSERT"],"eventSource":["aws:dynamodb"],"awsRegion":["eu-west-1"]}';
    expect(matchFilter(pattern, change({}))).toBe(true);
    expect(matchFilter('{"eventName":["MODIFY"]}', change({}))).toBe(false);
  });
});
