import type { AttributeMap } from './attribute-value.ts';

/** JSON from outside before anything about it is known. */
export interface RawObject {
  readonly [name: string]: unknown;
}

export function isObject(value: unknown): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it can be an image. Its attributes stay unchecked until somebody reads them: that keeps images lazy. */
export function isImage(value: unknown): value is AttributeMap {
  return isObject(value);
}

/** DynamoDB nests 32 levels deep. Twice that only guards the call stack against hostile input. */
export const nestingMax = 64;

const base64Syntax = /^[A-Za-z0-9+/]*={0,2}$/;

export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && base64Syntax.test(text);
}
