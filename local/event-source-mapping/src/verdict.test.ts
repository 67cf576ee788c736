import { describe, expect, it } from 'vitest';
import { failed, inserts, returned, thrown } from './testing/scenario.ts';
import { withDefaults } from './tuning.ts';
import { judge } from './verdict.ts';

const rules = { ...withDefaults({}, 'dynamodb'), reportBatchItemFailures: true, stateRequired: false };
const records = inserts(9, 11);

describe('judge', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty string', ''],
    ['an empty object', {}],
    ['an empty list', []],
    ['no failures', { batchItemFailures: [] }],
    ['null failures', { batchItemFailures: null }],
    ['a string', 'done'],
    ['a number', 5],
    ['a boolean', true],
    ['upper-case keys', { BatchItemFailures: [{ ItemIdentifier: '9' }] }],
  ])('[partial-success-shapes] [partial-lenient] takes %s for a success of the whole batch', (_, payload) => {
    expect(judge(returned(payload), records, rules).kind).toBe('success');
  });

  it.each([
    ['an empty identifier', [{ itemIdentifier: '' }]],
    ['a null identifier', [{ itemIdentifier: null }]],
    ['a misnamed identifier', [{ foo: '9' }]],
    ['a null entry', [null]],
    ['a bare sequence number', ['9']],
    ['a number', [{ itemIdentifier: 9 }]],
    ['a record of another batch', [{ itemIdentifier: '12' }]],
    ['a good entry and a bad one', [{ itemIdentifier: '10' }, { itemIdentifier: '' }]],
    ['failures that are no list', { itemIdentifier: '9' }],
  ])('[partial-malformed] [partial-identifier-text] takes %s for a failure of all', (_, batchItemFailures) => {
    expect(judge(returned({ batchItemFailures }), records, rules)).toMatchObject({
      kind: 'failure',
      cause: 'response',
    });
  });

  it('[partial-lowest] takes the lowest of several identifiers as a number, not as text', () => {
    expect(judge(failed('11', '10'), records, rules)).toEqual({ kind: 'partial', firstFailedIndex: 1 });
    expect(judge(failed('10', '9'), records, rules)).toEqual({ kind: 'partial', firstFailedIndex: 0 });
  });

  it('says what is wrong with an empty identifier', () => {
    expect(judge(failed(''), records, rules)).toMatchObject({
      message: expect.stringContaining('has no itemIdentifier'),
    });
  });

  it('reads no failures where the mapping does not report them', () => {
    expect(judge(failed('9'), records, { ...rules, reportBatchItemFailures: false })).toEqual({ kind: 'success' });
  });

  it('names the error of a function that failed', () => {
    expect(judge(thrown, records, rules)).toEqual({
      kind: 'failure',
      cause: 'functionError',
      message: 'Error: the function threw',
    });
  });

  it.each([
    undefined,
    {},
    { state: null },
    { batchItemFailures: [] },
  ])('fails a response of %j without state where there is a tumbling window', (payload) => {
    expect(judge(returned(payload), records, { ...rules, stateRequired: true })).toMatchObject({ kind: 'failure' });
  });

  it('keeps the state beside a partial failure', () => {
    const payload = { state: { count: 1 }, batchItemFailures: [{ itemIdentifier: '10' }] };
    expect(judge(returned(payload), records, { ...rules, stateRequired: true })).toEqual({
      kind: 'partial',
      firstFailedIndex: 1,
      state: { count: 1 },
    });
  });
});
