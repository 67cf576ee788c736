import type { Item } from './observed.ts';

/** Attributes of a search document, with their type in DynamoDB: the table's promise, written down a second time. */
export const searchedAttributes = {
  id: 'S',
  email: 'S',
  name: 'S',
  country: 'S',
  plan: 'S',
  status: 'S',
  balance: 'N',
  createdAt: 'S',
} as const;

/** Attributes that the welcome email is made of. */
export const emailedAttributes = { id: 'S', email: 'S', name: 'S' } as const;

/** Whether no attribute is there with another type than this. */
export function isAcceptable(image: Item, wanted: Readonly<Record<string, 'S' | 'N'>>): boolean {
  return Object.entries(wanted).every(([name, type]) => image[name] === undefined || image[name]?.[type] !== undefined);
}
