import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';
import { parseKinesisRecord } from './from-kinesis.ts';
import { parseStreamRecord } from './from-stream.ts';
import { keyText } from './key-text.ts';
import { changeIdentity, compareSequenceNumbers, localOrder, localOrderProblem } from './version.ts';

const context = { region: 'eu-west-1' };

describe('compareSequenceNumbers', () => {
  it('orders like integers, whatever the lengths and leading zeros (R15: "9" and "10" compared as text)', () => {
    expect(compareSequenceNumbers('9', '10')).toBeLessThan(0);
    const texts = fc.stringMatching(/^0{0,3}[0-9]{1,40}$/);
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const expected = BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
        expect(Math.sign(compareSequenceNumbers(a, b))).toBe(expected);
      }),
    );
  });
});

describe('changeIdentity', () => {
  it('is the same for a Kinesis duplicate, whose sequence number differs', () => {
    const records = kinesisRecords();
    const at = { createdAtMicroseconds: 1_767_225_601_000_123n, eventId: 'e-1' };
    const first = parseKinesisRecord(records.insert({ id: 'a' }, at), context);
    const again = parseKinesisRecord(records.insert({ id: 'a' }, at), context);
    expect(again.position).not.toEqual(first.position);
    expect(changeIdentity(again)).toBe(changeIdentity(first));
  });

  it('differs for two changes of one microsecond', () => {
    const records = kinesisRecords();
    const at = { createdAtMicroseconds: 1_767_225_601_000_123n };
    const first = parseKinesisRecord(records.insert({ id: 'a' }, at), context);
    const second = parseKinesisRecord(records.modify({ id: 'a' }, { id: 'a', n: 1 }, at), context);
    expect(changeIdentity(first)).not.toBe(changeIdentity(second));
  });

  it('holds the label of the stream: numbers start over when it is switched off and on (G15)', () => {
    const identityIn = (streamArn: string) => {
      const record = streamRecords({ streamArn }).insert({ id: 'a' }, { sequenceNumber: '1' });
      return changeIdentity(parseStreamRecord(record, context));
    };
    expect(identityIn('arn:t/stream/2026-01-01')).not.toBe(identityIn('arn:t/stream/2026-02-02'));
  });
});

describe('localOrder', () => {
  it('is the creation time in microseconds', () => {
    const record = kinesisRecords().insert({ id: 'a' }, { createdAtMicroseconds: 1_767_225_601_000_123n });
    const change = parseKinesisRecord(record, context);
    expect(localOrder(change)).toBe(1_767_225_601_000_123);
    expect(localOrderProblem(change)).toBeUndefined();
  });

  it('has no place for millisecond precision, and says what to set', () => {
    const change = parseKinesisRecord(kinesisRecords({ precision: 'millisecond' }).insert({ id: 'a' }), context);
    expect(localOrderProblem(change)).toMatch(/precise to the millisecond.*MICROSECOND/);
  });
});

describe('keyText', () => {
  it('tells keys apart whose joined texts are equal, and types', () => {
    const keys = [
      { a: { S: 'x|y' }, b: { S: 'z' } },
      { a: { S: 'x' }, b: { S: 'y|z' } },
      { a: { S: '1' } },
      { a: { N: '1' } },
      { a: { B: 'AQ==' } },
    ];
    expect(new Set(keys.map(keyText)).size).toBe(keys.length);
  });

  it('is the same for one key in another order or notation', () => {
    expect(keyText({ b: { N: '1.0' }, a: { S: 'x' } })).toBe(keyText({ a: { S: 'x' }, b: { N: '1' } }));
  });
});
