import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { contractItem, type Names, type Values } from './dynamodb-contract-tables.ts';

/** Conditions on `contractItem`, with what DynamoDB answers. */
export const conditionCases: readonly {
  readonly condition: string;
  readonly values?: Values;
  readonly names?: Names;
  readonly holds: boolean;
}[] = [
  { condition: 'attribute_exists(n)', holds: true },
  { condition: 'attribute_exists(absent)', holds: false },
  { condition: 'attribute_not_exists(absent)', holds: true },
  { condition: 'attribute_exists(doc.nested)', holds: true },
  { condition: 'attribute_exists(doc.sibling)', holds: false },
  { condition: 'attribute_exists(list_of[1])', holds: true },
  { condition: 'attribute_exists(list_of[2])', holds: false },
  { condition: 'n = :v', values: { ':v': { N: '1.50' } }, holds: true },
  { condition: 'n = :v', values: { ':v': { S: '1.5' } }, holds: false },
  { condition: 'n <> :v', values: { ':v': { S: '1.5' } }, holds: true },
  { condition: 'absent <> :v', values: { ':v': { S: 'x' } }, holds: true },
  { condition: 'absent = :v', values: { ':v': { S: 'x' } }, holds: false },
  { condition: 'absent < :v', values: { ':v': { N: '9' } }, holds: false },
  { condition: 'NOT absent < :v', values: { ':v': { N: '9' } }, holds: true },
  { condition: 'big > :v', values: { ':v': { N: '99999999999999999999999999999999999998' } }, holds: true },
  { condition: 'big < :v', values: { ':v': { N: '99999999999999999999999999999999999998' } }, holds: false },
  { condition: 's > :v', values: { ':v': { S: 'Z' } }, holds: true },
  { condition: 's < :v', values: { ':v': { N: '1' } }, holds: false },
  { condition: 'n BETWEEN :low AND :high', values: { ':low': { N: '1.5' }, ':high': { N: '2' } }, holds: true },
  { condition: 'n BETWEEN :low AND :high', values: { ':low': { N: '1.6' }, ':high': { N: '2' } }, holds: false },
  { condition: 'n IN (:a, :b)', values: { ':a': { N: '7' }, ':b': { N: '1.5' } }, holds: true },
  { condition: 'n IN (:a)', values: { ':a': { N: '7' } }, holds: false },
  { condition: 'begins_with(s, :v)', values: { ':v': { S: 'hel' } }, holds: true },
  { condition: 'begins_with(s, :v)', values: { ':v': { S: 'ello' } }, holds: false },
  { condition: 'contains(s, :v)', values: { ':v': { S: 'ell' } }, holds: true },
  { condition: 'contains(ss, :v)', values: { ':v': { S: 'b' } }, holds: true },
  { condition: 'contains(ns, :v)', values: { ':v': { N: '2.0' } }, holds: true },
  { condition: 'contains(list_of, :v)', values: { ':v': { S: 'first' } }, holds: true },
  { condition: 'contains(ss, :v)', values: { ':v': { S: 'z' } }, holds: false },
  { condition: 'attribute_type(ss, :v)', values: { ':v': { S: 'SS' } }, holds: true },
  { condition: 'size(s) = :v', values: { ':v': { N: '5' } }, holds: true },
  { condition: 'size(ss) >= :v', values: { ':v': { N: '3' } }, holds: false },
  { condition: 'size(list_of) = :v', values: { ':v': { N: '2' } }, holds: true },
  { condition: 'size(doc) = :v', values: { ':v': { N: '1' } }, holds: true },
  { condition: 'size(bytes) = :v', values: { ':v': { N: '3' } }, holds: true },
  { condition: 'doc = :v', values: { ':v': { M: { nested: { M: { deep: { N: '1.0' } } } } } }, holds: true },
  { condition: 'ss = :v', values: { ':v': { SS: ['b', 'a'] } }, holds: true },
  { condition: 'doc.nested.deep = :v', values: { ':v': { N: '1' } }, holds: true },
  {
    condition: '#doc.#nested.#deep = :v',
    names: { '#doc': 'doc', '#nested': 'nested', '#deep': 'deep' },
    values: { ':v': { N: '1' } },
    holds: true,
  },
  { condition: 'n = :v OR s = :v AND n = :v', values: { ':v': { N: '1.5' } }, holds: true },
  { condition: '(n = :v OR s = :v) AND NOT n = :v', values: { ':v': { N: '1.5' } }, holds: false },
  { condition: 'NOT n = :v AND attribute_exists(absent)', values: { ':v': { N: '1.5' } }, holds: false },
];

/** Updates of `contractItem`: what they leave, `undefined` for what is gone. */
export const updateCases: readonly {
  readonly update: string;
  readonly values?: Values;
  readonly names?: Names;
  readonly leaves: Readonly<Record<string, AttributeValue | undefined>>;
}[] = [
  { update: 'SET n = n + :v', values: { ':v': { N: '0.5' } }, leaves: { n: { N: '2' } } },
  { update: 'SET n = :v - n', values: { ':v': { N: '1' } }, leaves: { n: { N: '-0.5' } } },
  { update: 'SET fresh = if_not_exists(fresh, :v)', values: { ':v': { N: '3' } }, leaves: { fresh: { N: '3' } } },
  { update: 'SET n = if_not_exists(n, :v)', values: { ':v': { N: '3' } }, leaves: { n: { N: '1.5' } } },
  {
    update: 'SET fresh = if_not_exists(fresh, :zero) + :v',
    values: { ':zero': { N: '0' }, ':v': { N: '3' } },
    leaves: { fresh: { N: '3' } },
  },
  {
    update: 'SET list_of = list_append(list_of, :v)',
    values: { ':v': { L: [{ S: 'last' }] } },
    leaves: { list_of: { L: [{ S: 'first' }, { N: '2' }, { S: 'last' }] } },
  },
  {
    update: 'SET list_of = list_append(:v, list_of)',
    values: { ':v': { L: [{ S: 'zero' }] } },
    leaves: { list_of: { L: [{ S: 'zero' }, { S: 'first' }, { N: '2' }] } },
  },
  {
    update: 'SET list_of[9] = :v',
    values: { ':v': { S: 'end' } },
    leaves: { list_of: { L: [{ S: 'first' }, { N: '2' }, { S: 'end' }] } },
  },
  { update: 'REMOVE list_of[0]', leaves: { list_of: { L: [{ N: '2' }] } } },
  { update: 'REMOVE list_of[0], list_of[1]', leaves: { list_of: { L: [] } } },
  { update: 'REMOVE n, absent', leaves: { n: undefined } },
  { update: 'REMOVE doc.nested.deep', leaves: { doc: { M: { nested: { M: {} } } } } },
  {
    update: 'SET doc.sibling = n',
    leaves: { doc: { M: { nested: { M: { deep: { N: '1' } } }, sibling: { N: '1.5' } } } },
  },
  { update: 'ADD n :v', values: { ':v': { N: '-2' } }, leaves: { n: { N: '-0.5' } } },
  { update: 'ADD fresh :v', values: { ':v': { N: '7' } }, leaves: { fresh: { N: '7' } } },
  { update: 'ADD ss :v', values: { ':v': { SS: ['b', 'c'] } }, leaves: { ss: { SS: ['a', 'b', 'c'] } } },
  { update: 'DELETE ss :v', values: { ':v': { SS: ['b', 'z'] } }, leaves: { ss: { SS: ['a'] } } },
  { update: 'DELETE ss :v', values: { ':v': { SS: ['a', 'b'] } }, leaves: { ss: undefined } },
  { update: 'DELETE absent :v', values: { ':v': { SS: ['a'] } }, leaves: { absent: undefined } },
  {
    update: 'SET big = big + :v',
    values: { ':v': { N: '-1' } },
    leaves: { big: { N: '99999999999999999999999999999999999998' } },
  },
  {
    update: 'SET s = :v REMOVE n ADD fresh :one DELETE ns :ns',
    values: { ':v': { S: 'bye' }, ':one': { N: '1' }, ':ns': { NS: ['1'] } },
    leaves: { s: { S: 'bye' }, n: undefined, fresh: { N: '1' }, ns: { NS: ['2'] } },
  },
  { update: 'SET s = n, n = s', leaves: { s: { N: '1.5' }, n: contractItem.s } },
];

/** Requests that DynamoDB refuses as invalid, whatever the item. */
export const invalidUpdateCases: readonly {
  readonly because: string;
  readonly update: string;
  readonly values?: Values;
  readonly names?: Names;
}[] = [
  { because: 'a reserved word needs a placeholder', update: 'SET name = :v', values: { ':v': { N: '1' } } },
  { because: 'a value is not defined', update: 'SET n = :v' },
  { because: 'a value is not used', update: 'REMOVE n', values: { ':v': { N: '1' } } },
  { because: 'a name is not used', update: 'REMOVE n', names: { '#n': 'n' } },
  { because: 'the syntax is wrong', update: 'SET n = = :v', values: { ':v': { N: '1' } } },
  { because: 'a section comes twice', update: 'SET n = :v SET s = :v', values: { ':v': { N: '1' } } },
  { because: 'paths overlap', update: 'SET doc = :v, doc.nested = :v', values: { ':v': { N: '1' } } },
  { because: 'the key cannot be updated', update: 'SET id = :v', values: { ':v': { S: 'other' } } },
  { because: 'an operand is no number', update: 'SET n = s + :v', values: { ':v': { N: '1' } } },
  { because: 'an operand does not exist', update: 'SET n = absent + :v', values: { ':v': { N: '1' } } },
  { because: 'the parent of a path does not exist', update: 'SET absent.nested = :v', values: { ':v': { N: '1' } } },
  { because: 'text cannot be added', update: 'ADD n :v', values: { ':v': { S: '1' } } },
  { because: 'sets of other types do not mix', update: 'ADD ss :v', values: { ':v': { NS: ['1'] } } },
  { because: 'a set may not be empty', update: 'SET fresh = :v', values: { ':v': { SS: [] } } },
  { because: 'a set has no duplicates', update: 'SET fresh = :v', values: { ':v': { NS: ['1', '1.0'] } } },
  {
    because: 'a number has at most 38 digits',
    update: 'SET fresh = :v',
    values: { ':v': { N: '1234567890.12345678901234567890123456789' } },
  },
  { because: 'a sum has at most 38 digits', update: 'SET big = big + :v', values: { ':v': { N: '0.1' } } },
  { because: 'a number ends at 9.99E+125', update: 'SET fresh = :v', values: { ':v': { N: '1E+126' } } },
  { because: 'an item ends at 400 KB', update: 'SET fresh = :v', values: { ':v': { S: 'x'.repeat(400 * 1024) } } },
];
