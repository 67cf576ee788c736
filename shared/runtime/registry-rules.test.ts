import { describe, expect, it } from 'vitest';
import type { AttributeDefinition, TableDefinition } from '../change/table-definition.ts';
import { secondSchema } from '../testing/second-schema.ts';
import type { ConsumerDefinition, StreamConsumerDefinition, TableResource } from './consumer-definition.ts';
import { assertSound, registryProblems } from './registry-rules.ts';

const mapping: StreamConsumerDefinition['trigger']['mapping'] = {
  startingPosition: 'TRIM_HORIZON',
  batchSize: 100,
  maximumBatchingWindowS: 0,
  parallelizationFactor: 1,
  tumblingWindowS: 900,
  maximumRetryAttempts: -1,
  maximumRecordAgeS: 72_000,
  bisectBatchOnFunctionError: true,
  reportBatchItemFailures: true,
  onFailure: 's3',
};

const counters: TableResource = {
  kind: 'table',
  name: 'counters',
  variable: 'COUNTERS',
  partitionKey: { name: 'id', type: 'S' },
  actions: [],
};

/** A sound consumer, but for `change`: an object, because types refuse most of what the rules refuse. */
function consumer(change: {
  readonly kind?: 'stream' | 'kinesis';
  readonly name?: string;
  readonly mapping?: object;
  readonly rest?: object;
}): ConsumerDefinition {
  const definition: StreamConsumerDefinition = {
    name: change.name ?? 'counting',
    summary: 'Counts.',
    strategy: 'range',
    timeoutS: 60,
    memoryMb: 512,
    uses: [counters],
    trigger: { kind: change.kind ?? 'stream', mapping: Object.assign({}, mapping, change.mapping) },
  };
  return Object.assign(definition, change.rest);
}

function events(change: object) {
  return Object.assign({ batchSize: 10, maximumBatchingWindowS: 1, reportBatchItemFailures: true }, change);
}

function problems(...registry: ConsumerDefinition[]): readonly string[] {
  return registryProblems({ table: secondSchema.table, registry });
}

describe('a registry', () => {
  it('is sound with two consumers on the stream and five on Kinesis', () => {
    const onStream = ['a', 'b'].map((name) => consumer({ name }));
    const onKinesis = ['c', 'd', 'e', 'f', 'g'].map((name) => consumer({ name, kind: 'kinesis' }));
    expect(problems(...onStream, ...onKinesis)).toEqual([]);
  });

  it('has at most two readers of a stream shard', () => {
    const found = problems(...['a', 'b', 'c'].map((name) => consumer({ name })));
    expect(found).toEqual([expect.stringMatching(/^a, b, c: 3 consumers .* more than two readers .* are throttled/)]);
  });

  it('has at most five readers of a Kinesis shard', () => {
    const found = problems(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => consumer({ name, kind: 'kinesis' })));
    expect(found).toEqual([expect.stringMatching(/6 consumers .* five reads a second/)]);
  });

  it('has no two consumers of one name', () => {
    expect(problems(consumer({}), consumer({}))).toEqual(['counting: two consumers have this name']);
  });

  it('is refused with every problem at once', () => {
    const registry = [consumer({ mapping: { onFailure: 'sqs' }, rest: { timeoutS: 901 } })];
    expect(() => assertSound({ table: secondSchema.table, registry })).toThrow(/timeoutS.*onFailure/s);
  });
});

describe('a consumer', () => {
  it.each([
    [{ tumblingWindowS: 0 }, /tumblingWindowS must be set/],
    [{ maximumRecordAgeS: 86_400 }, /maximumRecordAgeS must be 60 to 72000/],
    [{ maximumRecordAgeS: -1 }, /maximumRecordAgeS/],
    [{ batchSize: 0 }, /batchSize must be 1 to 10000/],
    [{ batchSize: 1.5 }, /batchSize/],
    [{ startingPosition: 'LATEST' }, /startingPosition/],
    [{ bisectBatchOnFunctionError: false }, /bisectBatchOnFunctionError/],
    [{ reportBatchItemFailures: false }, /reportBatchItemFailures/],
    [{ onFailure: 'sqs' }, /onFailure/],
  ])('on a stream is refused with the mapping setting %j', (change, problem) => {
    expect(problems(consumer({ mapping: change }))).toEqual([expect.stringMatching(problem)]);
  });

  it('on Kinesis has either a window or several batches of a shard at once', () => {
    const windowed = { tumblingWindowS: 60, parallelizationFactor: 2 };
    const rest = { strategy: 'newest' };
    expect(problems(consumer({ kind: 'kinesis', mapping: windowed, rest }))).toHaveLength(1);
    expect(problems(consumer({ kind: 'kinesis', mapping: { ...windowed, tumblingWindowS: 0 }, rest }))).toEqual([]);
  });

  it('that cuts shards takes one batch of a shard at a time', () => {
    const several = { kind: 'kinesis', mapping: { tumblingWindowS: 0, parallelizationFactor: 2 } } as const;
    expect(problems(consumer(several))).toEqual([expect.stringMatching(/cuts are of a whole shard/)]);
  });

  it('that sums up windows has windows, whatever it reads', () => {
    const windowless = { kind: 'kinesis', mapping: { tumblingWindowS: 0 }, rest: { strategy: 'window' } } as const;
    expect(problems(consumer(windowless))).toEqual([expect.stringMatching(/tumblingWindowS must be set/)]);
  });

  it.each([
    [{ name: 'Counting' }, /its name must be/],
    [{ timeoutS: 901 }, /timeoutS must be 1 to 900/],
    [{ memoryMb: 64 }, /memoryMb/],
    [{ uses: [counters, { ...counters, name: 'others' }] }, /the variable COUNTERS/],
    [{ trigger: { kind: 'schedule', everyS: 90, emailEvents: false } }, /whole minutes/],
    [
      { trigger: { kind: 'schedule', everyS: 60, emailEvents: events({ batchSize: 11 }) } },
      /batchSize must be 1 to 10/,
    ],
    [{ trigger: { kind: 'schedule', everyS: 60, emailEvents: events({ maximumBatchingWindowS: 301 }) } }, /0 to 300/],
  ])('is refused with %j', (rest, problem) => {
    expect(problems(consumer({ rest }))).toEqual([expect.stringMatching(problem)]);
  });
});

describe('a table', () => {
  const { table } = secondSchema;
  const [calibration, measurement] = table.entities;
  if (calibration === undefined || measurement === undefined) throw new Error('the second schema has two entities');
  const found = (change: Partial<TableDefinition>) =>
    registryProblems({ table: { ...table, ...change }, registry: [] });
  const withAttribute = (name: string, attribute: AttributeDefinition) =>
    found({ entities: [{ ...calibration, attributes: { [name]: attribute } }] });

  it.each([
    ['a name in capitals', found({ name: 'Devices' }), /lower-case/],
    ['one attribute for both keys', found({ sortKey: table.partitionKey }), /different attributes/],
    ['the version as key', found({ versionAttribute: 'device' }), /different attributes/],
    ['one attribute for version and tombstone', found({ tombstoneAttribute: 'stamp' }), /different attributes/],
    ['the time to live as tombstone', found({ tombstoneAttribute: 'forgetAt' }), /different attributes/],
    ['no entity', found({ entities: [] }), /has no entity/],
    ['an entity behind one that takes all', found({ entities: [measurement, calibration] }), /ever a calibration/],
    ['a key of another type', withAttribute('device', { type: 'string' }), /key of type N/],
    ['a time to live that is no number', withAttribute('forgetAt', { type: 'timestamp' }), /time to live/],
    ['a searched map', withAttribute('a', { type: 'map', search: 'text' }), /cannot be searched as text/],
    ['a number as date', withAttribute('a', { type: 'epochSeconds', search: 'date' }), /searched as date/],
    ['the mark of a document', withAttribute('tributary', { type: 'string', search: 'text' }), /under this name/],
    ['a searched name with a dot', withAttribute('a.b', { type: 'string', search: 'text' }), /has no dot/],
    ['a searched name of the index itself', withAttribute('_id', { type: 'string', search: 'text' }), /underscore/],
  ])('is refused with %s', (_what, problemsFound, expected) => {
    expect(problemsFound).toEqual([expect.stringMatching(expected)]);
  });

  it('is refused when two entities search one attribute in two ways', () => {
    const other = { ...calibration, name: 'other', match: { attribute: 'what', prefix: 'other' } };
    const entities = [
      calibration,
      { ...other, attributes: { passed: { type: 'boolean', search: 'keyword' } } } as const,
    ];
    expect(found({ entities })).toEqual([expect.stringMatching(/passed is searched as boolean in calibration and as/)]);
  });

  it('may have any attribute that is not searched', () => {
    expect(withAttribute('tributary', { type: 'map' })).toEqual([]);
  });
});
