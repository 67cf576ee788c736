import type { AttributeMap } from '../change/attribute-value.ts';
import type { Choose, SchemaUnderTest } from './schema-contract.ts';

/** Beyond what OpenSearch takes as a document id. */
const longStart = Array.from({ length: 900 }, (_, position) => position % 256);

/**
 * A table as unlike a table of users as the definition allows: a numeric partition key, a binary sort key, two
 * entities and items of none, told apart by a prefix of a text attribute where one prefix begins with the other.
 */
export const secondSchema: SchemaUnderTest = {
  table: {
    name: 'device-log',
    partitionKey: { name: 'device', type: 'N' },
    sortKey: { name: 'entry', type: 'B' },
    timeToLiveAttribute: 'forgetAt',
    versionAttribute: 'stamp',
    tombstoneAttribute: 'gone',
    entities: [
      {
        name: 'calibration',
        match: { attribute: 'what', prefix: 'measure.calibrate' },
        attributes: {
          device: { type: 'decimal', search: 'keyword' },
          what: { type: 'string', required: true, search: 'keyword' },
          engineer: { type: 'string', personal: 'hash', search: 'keyword' },
          passed: { type: 'boolean', search: 'boolean' },
          offset: { type: 'decimal', search: 'decimal' },
        },
      },
      {
        name: 'measurement',
        match: { attribute: 'what', prefix: 'measure' },
        attributes: {
          device: { type: 'decimal', search: 'keyword' },
          what: { type: 'string', required: true, search: 'keyword' },
          unit: { type: 'string', search: 'keyword' },
          value: { type: 'decimal', search: 'decimal' },
          takenAt: { type: 'timestamp' },
          tags: { type: 'stringSet', search: 'keyword' },
          trace: { type: 'binary' },
          forgetAt: { type: 'epochSeconds' },
        },
      },
    ],
  },
  totals: [
    { name: 'values-by-unit', entity: 'measurement', by: { attribute: 'unit' }, sum: 'value' },
    { name: 'measurements-by-minute', entity: 'measurement', by: { attribute: 'takenAt', per: 'minute' } },
    { name: 'offsets-by-kind', entity: 'calibration', by: { attribute: 'what' }, sum: 'offset' },
    {
      name: 'metres-by-day',
      entity: 'measurement',
      by: { attribute: 'takenAt', per: 'day' },
      where: { attribute: 'unit', equals: 'm' },
      sum: 'value',
    },
  ],
  keys: [
    key('1', [1]),
    key('1', [1, 0]),
    key('10', [1]),
    key('-1', [1]),
    key('0.1', [255, 254]),
    key('99999999999999999999999999999999999998', [0]),
    key('99999999999999999999999999999999999999', [0]),
    key('2', [...longStart, 1]),
    key('2', [...longStart, 2]),
  ],
  contents: (choose, nowMs) => ({
    ...choose.pick([measurement, measurement, calibration, note])(choose, nowMs),
    ...(choose.once(4) ? { forgetAt: { N: `${Math.floor(nowMs / 1000) + choose.integer(0, 3)}` } } : {}),
  }),
  entityOf: ({ what }) => {
    if (what === undefined || !('S' in what)) return undefined;
    if (what.S.startsWith('measure.calibrate')) return 'calibration';
    return what.S.startsWith('measure') ? 'measurement' : undefined;
  },
};

function measurement(choose: Choose, nowMs: number): AttributeMap {
  const takenAt = new Date(nowMs - choose.integer(0, 2) * 86_400_000).toISOString();
  return {
    what: { S: choose.pick(['measure', 'measure.length', 'measure.calibr']) },
    unit: choose.pick<AttributeMap[string]>([{ S: 'm' }, { S: 'kg' }, { S: 'invalid' }]),
    // Not searched, so that a value of another type concerns the aggregates alone.
    takenAt: choose.pick<AttributeMap[string]>([{ S: takenAt }, { S: takenAt }, { S: 'yesterday' }, { N: '7' }]),
    value: { N: choose.pick(['0.10', '-2.5', '3', '12345678901234567890.12345678', '1E3']) },
    tags: { SS: choose.pick([['a'], ['a', 'b']]) },
    trace: { B: 'AAECAw==' },
  };
}

function calibration(choose: Choose): AttributeMap {
  return {
    what: { S: choose.pick(['measure.calibrate', 'measure.calibrate.zero']) },
    engineer: { S: choose.pick(['e-1', 'e-2']) },
    passed: { BOOL: choose.once(2) },
    offset: { N: choose.pick(['0.001', '-0.001', '5']) },
  };
}

/** Of no declared entity: nobody may read what else is in it. An update can make it a measurement. */
function note(choose: Choose): AttributeMap {
  const takenAt = { BOOL: true };
  return choose.pick<AttributeMap>([
    { what: { S: 'note' }, takenAt },
    { what: { N: '1' }, takenAt },
    { takenAt },
    { what: { S: 'Measure' } },
  ]);
}

function key(device: string, entry: readonly number[]): AttributeMap {
  return { device: { N: device }, entry: { B: Buffer.from(entry).toString('base64') } };
}
