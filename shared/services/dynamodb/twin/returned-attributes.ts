import { ValidationException } from './errors.ts';
import type { Path } from './expression/path.ts';
import { project } from './expression/projection.ts';
import type { ItemChange } from './table.ts';
import { cloneItem, type Item } from './value.ts';

/** The `Attributes` of a write's answer, as its `ReturnValues` asked. */
export function returnedAttributes(
  { before, after }: ItemChange,
  returnValues: string | undefined,
  accepted: readonly string[],
  touched: readonly Path[] = [],
): { Attributes?: Item } {
  if (returnValues === undefined || returnValues === 'NONE') return {};
  if (!accepted.includes(returnValues)) throw new ValidationException('Return values set to invalid value');
  const image = returnValues.endsWith('_OLD') ? before : after;
  if (image === undefined) return {};
  const attributes = returnValues.startsWith('ALL_') ? image : project(image, touched);
  // Nothing updated existed before (or exists now): the answer has no `Attributes` at all.
  return Object.keys(attributes).length === 0 ? {} : { Attributes: cloneItem(attributes) };
}
