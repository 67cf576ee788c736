import { describe, expect, it } from 'vitest';
import { enginesIn, toSeries } from './memory-samples.ts';

const printed = `
    1     0   900 /sbin/init
  100     1 50000 node local/soak.ts
  101   100  1000 /bin/sh -c supervisor DynamoDB Local  java -Xmx512m -cp DynamoDBLocal.jar Main
  102   101  7000 java -Xmx512m -cp /cache/DynamoDBLocal.jar:/cache/loopback Main -inMemory
  103   100  1000 /bin/sh -c supervisor DynamoDB Local  java -Xmx512m -cp DynamoDBLocal.jar Main
  104   103  8000 java -Xmx512m -cp /cache/DynamoDBLocal.jar:/cache/loopback Main -inMemory
  105   100  3000 /node /src/local/engines/kinesis/main.ts 4001 /tmp/folder
  200     1  9000 java -Xmx512m -cp /cache/DynamoDBLocal.jar of another run
`;

describe('enginesIn', () => {
  it('adds up the engines of a kind and the heaps that they may have, without their shells and other runs', () => {
    expect(enginesIn(printed, 100)).toEqual([
      { name: 'Kinesis', rssBytes: 3000 * 1024 },
      { name: 'DynamoDB Local', rssBytes: 15_000 * 1024, heapLimitBytes: 1024 * 1024 * 1024 },
    ]);
  });

  it('finds nothing below a process that has none', () => {
    expect(enginesIn(printed, 300)).toEqual([]);
  });
});

describe('toSeries', () => {
  it('makes a series of each process, and one of the heap of this one', () => {
    const sample = (rssBytes: number) => ({
      processes: [{ name: 'runner', rssBytes }],
      heapBytes: rssBytes / 2,
      lag: 0,
    });
    expect(toSeries([sample(10), sample(20)])).toEqual([
      { name: 'runner', bytes: [10, 20] },
      { name: 'runner, its heap', bytes: [5, 10] },
    ]);
  });
});
