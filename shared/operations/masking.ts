import { createHmac } from 'node:crypto';
import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import { isObject, type RawObject } from '../change/raw-json.ts';
import type { AttributeDefinition, TableDefinition } from '../change/table-definition.ts';

export interface MaskOptions {
  readonly table: TableDefinition;
  /** Values that are equal are masked alike under one key; who has it can look for a value, so it is thrown away. */
  readonly key: Uint8Array;
}

/** Stands for a value of which nothing is shown. */
const hidden = 'masked';

/**
 * An image as people may see it: personal attributes are masked as the table says, and so is what nobody declared,
 * because nobody knows what is in it. Types and keys stay, so that a consumer reads the masked image as it would the
 * real one.
 */
export function maskImage(image: AttributeMap, options: MaskOptions): AttributeMap {
  const policyOf = policiesOf(options.table);
  return Object.fromEntries(
    Object.entries(image).map(([name, value]) => {
      const policy = policyOf(name);
      return [name, policy === undefined ? value : maskValue(value, policy, options)];
    }),
  );
}

/** The same for plain fields, such as those of a search document. */
export function maskFields(
  fields: Readonly<Record<string, unknown>>,
  { table, key }: MaskOptions,
): Readonly<Record<string, unknown>> {
  const policyOf = policiesOf(table);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const policy = policyOf(name);
      if (policy === undefined) return [name, value];
      return [name, typeof value === 'string' ? maskText(value, policy, key) : hidden];
    }),
  );
}

type Policy = NonNullable<AttributeDefinition['personal']>;

/** How an attribute is masked; undefined for one that is shown. */
function policiesOf(table: TableDefinition): (name: string) => Policy | undefined {
  const declared = new Map<string, AttributeDefinition>(
    table.entities.flatMap(({ attributes }) => Object.entries(attributes)),
  );
  const own = [
    table.partitionKey.name,
    table.sortKey?.name,
    table.timeToLiveAttribute,
    table.versionAttribute,
    table.tombstoneAttribute,
  ];
  return (name) => {
    const attribute = declared.get(name);
    return attribute === undefined && !own.includes(name) ? 'redact' : attribute?.personal;
  };
}

function maskValue(value: AttributeValue, policy: Policy, { key }: MaskOptions): AttributeValue {
  if (!isObject(value)) return { S: hidden };
  if ('S' in value) return { S: maskText(String(value.S), policy, key) };
  if ('M' in value) return { M: {} };
  if ('L' in value) return { L: [] };
  if ('N' in value) return { N: '0' };
  if ('SS' in value) return { SS: [hidden] };
  if ('NS' in value) return { NS: ['0'] };
  if ('B' in value) return { B: '' };
  if ('BS' in value) return { BS: [] };
  return 'BOOL' in value ? { BOOL: false } : { NULL: true };
}

/** As the address of an image would be masked. */
export function maskAddress(address: string, key: Uint8Array): string {
  return maskText(address, 'email', key);
}

function maskText(text: string, policy: Policy, key: Uint8Array): string {
  if (policy === 'redact') return hidden;
  const hash = createHmac('sha256', key).update(text).digest('hex').slice(0, 16);
  return policy === 'email' ? `${hash}@masked.invalid` : hash;
}

/**
 * A raw Lambda record of either source with its images masked. One that cannot be read keeps nothing but its position:
 * there is no telling what is personal in it.
 */
export function maskRecord(record: unknown, options: MaskOptions): unknown {
  if (!isObject(record)) return hidden;
  if (isObject(record.kinesis)) return { ...record, kinesis: maskKinesis(record.kinesis, options) };
  if (!isObject(record.dynamodb)) return { eventSourceARN: record.eventSourceARN, eventID: record.eventID };
  return { ...record, dynamodb: maskImages(record.dynamodb, options) };
}

function maskKinesis(kinesis: RawObject, options: MaskOptions): RawObject {
  const event = decoded(kinesis.data);
  const masked =
    event !== undefined && isObject(event.dynamodb)
      ? { ...event, dynamodb: maskImages(event.dynamodb, options) }
      : { unreadable: hidden };
  return { ...kinesis, data: Buffer.from(JSON.stringify(masked)).toString('base64') };
}

function maskImages(body: RawObject, options: MaskOptions): RawObject {
  const masked = ['Keys', 'OldImage', 'NewImage'].flatMap((name) => {
    const image = body[name];
    if (image === undefined) return [];
    return [[name, isObject(image) ? maskImage(image as AttributeMap, options) : hidden]];
  });
  return { ...body, ...Object.fromEntries(masked) };
}

/** A record of a Kinesis stream with its data as people can read it, instead of base64. */
export function readableRecord(record: unknown): unknown {
  if (!isObject(record) || !isObject(record.kinesis)) return record;
  const { data } = record.kinesis;
  return { ...record, kinesis: { ...record.kinesis, data: decoded(data) ?? data } };
}

/** Undefined for what is no JSON object in base64. */
function decoded(data: unknown): RawObject | undefined {
  try {
    const event: unknown = JSON.parse(Buffer.from(String(data), 'base64').toString('utf8'));
    return isObject(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
