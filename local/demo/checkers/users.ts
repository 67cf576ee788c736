/** What the users table promises to hold, written down a second time on purpose: the checkers trust no other source. */
import type { StoredItem } from './stored.ts';

/** Attributes of a search document, with their type in DynamoDB. */
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

/** Names of attributes that are there with another type, which a consumer of `wanted` cannot accept. */
export function invalidAttributes(image: StoredItem, wanted: Readonly<Record<string, 'S' | 'N'>>): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, type]) => image[name] !== undefined && image[name]?.[type] === undefined)
    .map(([name]) => name);
}
