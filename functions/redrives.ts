import type { CreateRedrive } from '../shared/operations/failures/redrive.ts';
import { redrive as aggregates } from './aggregates/redrive.ts';
import { redrive as replicator } from './replicator/redrive.ts';
import { redrive as searchIndex } from './search-index/redrive.ts';

/**
 * Consumers whose failures are brought in otherwise than through their handler, by name: where being delivered late is
 * not like being delivered in time.
 */
export const redrives: Readonly<Record<string, CreateRedrive>> = {
  aggregates,
  replicator,
  'search-index': searchIndex,
};
