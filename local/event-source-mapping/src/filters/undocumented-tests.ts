import { BlockList, isIP } from 'node:net';
import { sameIgnoringCase } from './ignoring-case.ts';
import { InvalidFilterError } from './invalid-filter.ts';
import type { JsonNode } from './json-text.ts';
import { onStrings, type ValueTest } from './leaf-value.ts';

type TextTest = (text: string) => boolean;

/**
 * Operators that EventBridge has and Lambda's table of filter rules does not list: `wildcard`, `cidr`, `exactly`, and
 * `anything-but` around another operator. Undefined for any other name.
 *
 * @throws {InvalidFilterError} when the operand does not fit.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function undocumentedTest(name: string, operand: JsonNode, where: string): ValueTest | undefined {
  if (name === 'anything-but' && operand.type === 'object') return anythingButNested(operand, where);
  if (name !== 'wildcard' && name !== 'cidr' && name !== 'exactly') return undefined;
  const [text, ...others] = textsOf(operand);
  if (text === undefined || others.length > 0 || operand.type === 'array') throw unfit(name, where);
  if (name === 'cidr') return onStrings(inNetwork(text, where));
  return onStrings(name === 'exactly' ? (value) => value === text : wildcard(text, where));
}

function anythingButNested(operand: Extract<JsonNode, { type: 'object' }>, where: string): ValueTest {
  const [[name, nested] = ['', operand] as const, ...others] = operand.members;
  const make = Object.hasOwn(nestedTests, name) ? nestedTests[name] : undefined;
  if (!make || others.length > 0) throw new InvalidFilterError(`${where} nests no known operator in anything-but.`);
  const texts = textsOf(nested);
  const affix = name === 'prefix' || name === 'suffix';
  if (texts.length === 0 || (affix && texts.includes(''))) throw unfit(`anything-but ${name}`, where);
  const excluded = texts.map((text) => onStrings(make(text, where)));
  return (value) => !excluded.some((test) => test(value));
}

const nestedTests: Readonly<Record<string, (operand: string, where: string) => TextTest>> = {
  prefix: (operand) => (text) => text.startsWith(operand),
  suffix: (operand) => (text) => text.endsWith(operand),
  'equals-ignore-case': sameIgnoringCase,
  wildcard: (operand, where) => wildcard(operand, where),
};

/** A string or a list of strings; empty for anything else. */
function textsOf(node: JsonNode): string[] {
  if (node.type === 'string') return [node.value];
  if (node.type !== 'array') return [];
  const texts = node.elements.flatMap((element) => (element.type === 'string' ? [element.value] : []));
  return texts.length === node.elements.length ? texts : [];
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcard(operand: string, where: string): TextTest {
  if (operand.includes('**')) throw new InvalidFilterError(`${where} uses wildcard with two asterisks in a row.`);
  const parts: readonly string[] = operand.match(/\\[*\\]|\\|\*|[^*\\]+/g) ?? [];
  if (parts.includes('\\'))
    throw new InvalidFilterError(`${where} uses wildcard with a backslash before neither * nor \\.`);
  const source = parts.map((part) => (part === '*' ? '.*' : literally(part.replace(/^\\(.)$/, '$1'))));
  const expression = new RegExp(`^${source.join('')}$`, 'su');
  return (text) => expression.test(text);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function inNetwork(operand: string, where: string): TextTest {
  const [address = '', bits = '', ...others] = operand.split('/');
  const family = isIP(address);
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || others.length > 0 || !(prefix >= 0 && prefix < (family === 4 ? 32 : 128))) {
    throw unfit('cidr', where);
  }
  const network = new BlockList();
  network.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (text) => isIP(text) === family && network.check(text, family === 4 ? 'ipv4' : 'ipv6');
}

function unfit(name: string, where: string): InvalidFilterError {
  return new InvalidFilterError(`${where} uses ${name} with an operand that does not fit it.`);
}
