/** What a call brings, read field by field. */
import { invalidField } from './error.ts';

export type Input = Readonly<Record<string, unknown>>;

export function optionalText(input: Input, field: string): string | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidField(`${field} must be a string.`);
  return value;
}

export function text(input: Input, field: string): string {
  const value = optionalText(input, field);
  if (value === undefined) throw invalidField(`${field} must not be null.`);
  return value;
}

export function number(input: Input, field: string, range: { least: number; most: number; otherwise: number }): number {
  const { least, most, otherwise } = range;
  const value = input[field] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidField(`${field} must be a whole number from ${least} to ${most}.`);
}

export function list(input: Input, field: string): readonly Input[] {
  const value = input[field];
  if (!Array.isArray(value)) throw invalidField(`${field} must be a list.`);
  return value.map((each: unknown) => {
    if (typeof each !== 'object' || each === null) throw invalidField(`${field} must be a list of structures.`);
    return each as Input;
  });
}

/** @throws {KinesisError} naming the fields: what is not understood would be half done. */
export function refuseOthers(input: Input, known: readonly string[]): void {
  const others = Object.keys(input).filter((field) => !known.includes(field));
  if (others.length > 0)
    throw invalidField(`The embedded Kinesis does not implement ${others.join(', ')} of this call.`);
}
