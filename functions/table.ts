import type { TableDefinition } from '../shared/change/table-definition.ts';

/** The users table. To run tributary on your own table, describe it here: nothing outside `functions/` names it. */
export const table: TableDefinition = {
  name: 'users',
  partitionKey: { name: 'id', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [
    {
      name: 'user',
      attributes: {
        id: { type: 'string', required: true, search: 'keyword' },
        email: { type: 'string', required: true, personal: 'email', search: 'keyword' },
        name: { type: 'string', personal: 'redact', search: 'text' },
        country: { type: 'string', search: 'keyword' },
        plan: { type: 'string', search: 'keyword' },
        status: { type: 'string', search: 'keyword' },
        balance: { type: 'decimal', search: 'decimal' },
        createdAt: { type: 'timestamp', search: 'date' },
        expiresAt: { type: 'epochSeconds' },
        attributes: { type: 'map', personal: 'redact' },
      },
    },
  ],
};
