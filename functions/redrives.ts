import type { CreateHandler, CreateRedrive, RedriveSources } from '../shared/operations/failures/redrive.ts';
import { redrive as aggregates } from './aggregates/redrive.ts';
import { redrive as replicator } from './replicator/redrive.ts';
import { redrive as searchIndex } from './search-index/redrive.ts';

/** Consumers for which being delivered late is not like being delivered in time, by name. */
const redrives: Readonly<Record<string, CreateRedrive>> = {
  aggregates,
  replicator,
  'search-index': searchIndex,
};

/** How the failures of the consumers are brought in: most through their own handler, which is in their folder. */
export const redriveSources: RedriveSources = {
  redrives,
  handlerOf: async ({ name }) => {
    const { create }: { readonly create: CreateHandler } = await import(`./${name}/handler.ts`);
    return create;
  },
};
