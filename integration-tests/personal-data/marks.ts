import { gunzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Workload, Write } from '../../local/demo/workload.ts';

type Item = Record<string, AttributeValue>;

/** `undeclared`: what the table does not name, which nobody can know to be harmless. */
export const markedAttributes = ['email', 'name', 'attributes', 'undeclared'] as const;
export type MarkedAttribute = (typeof markedAttributes)[number];

/** Letters for texts, digits for numbers: both pass unchanged through JSON, HTML, addresses and lower case. */
export const marks: Readonly<Record<MarkedAttribute, { readonly text: string; readonly number: string }>> = {
  email: { text: 'qzmailzq', number: '90706050403021' },
  name: { text: 'qznamezq', number: '90706050403022' },
  attributes: { text: 'qzfreezq', number: '90706050403023' },
  undeclared: { text: 'qzelsezq', number: '90706050403024' },
};

/** The same writes with a mark in every personal value. One user in eight has an address that bounces. */
export function withMarks(workload: Workload): Workload {
  const steps = workload.steps.map(([first, ...others]) => [marked(first), ...others.map(marked)] as const);
  return { ...workload, steps };
}

function marked(write: Write): Write {
  if (write.kind === 'delete') return write;
  if (write.kind === 'update') return { ...write, set: markedItem(write.set) };
  return { ...write, item: { ...markedItem(write.item), undeclared: { S: marks.undeclared.text } } };
}

function markedItem(item: Item): Item {
  const { email, name, attributes } = item;
  return {
    ...item,
    ...(email && {
      email: 'S' in email && email.S !== undefined ? { S: markedAddress(email.S) } : markedValue(email, 'email'),
    }),
    ...(name && { name: markedValue(name, 'name') }),
    ...(attributes && { attributes: markedValue(attributes, 'attributes') }),
  };
}

function markedAddress(address: string): string {
  const number = Number(/\d+/.exec(address)?.[0] ?? 0);
  return `${number % 8 === 3 ? 'bounce+' : ''}${marks.email.text}.${address}`;
}

/** What it cannot mark, such as a truth value, stays. */
function markedValue(value: AttributeValue, attribute: MarkedAttribute): AttributeValue {
  const { text, number } = marks[attribute];
  const bytes = (content: Uint8Array) => Buffer.concat([Buffer.from(text), content]);
  if (value.S !== undefined) return { S: `${text} ${value.S}` };
  if (value.N !== undefined) return { N: /^\d{1,9}$/.test(value.N) ? `${number}${value.N}` : number };
  if (value.B !== undefined) return { B: bytes(value.B) };
  if (value.SS !== undefined) return { SS: value.SS.map((each) => `${text} ${each}`) };
  if (value.BS !== undefined) return { BS: value.BS.map(bytes) };
  if (value.L !== undefined) return { L: value.L.map((each) => markedValue(each, attribute)) };
  if (value.M === undefined) return value;
  const entries = Object.entries(value.M).map(([key, each]) => [`${text}${key}`, markedValue(each, attribute)]);
  return { M: Object.fromEntries(entries) };
}

/** The attributes whose marks are in there: as they are, compressed, or in base64, several times over if need be. */
export function marksIn(content: string | Uint8Array): ReadonlySet<MarkedAttribute> {
  const texts = [...readings(content, 3)];
  return new Set(
    markedAttributes.filter((attribute) => {
      const { text, number } = marks[attribute];
      return texts.some((each) => each.includes(text) || each.includes(number));
    }),
  );
}

function* readings(content: string | Uint8Array, depth: number): Generator<string> {
  const bytes = typeof content === 'string' ? undefined : content;
  if (bytes?.[0] === 0x1f && bytes[1] === 0x8b) return yield* readings(gunzipSync(bytes), depth);
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
  yield text.toLowerCase();
  if (depth === 0) return;
  for (const [encoded] of text.matchAll(/[\w+/-]{12,}/g)) yield* readings(Buffer.from(encoded, 'base64'), depth - 1);
}
