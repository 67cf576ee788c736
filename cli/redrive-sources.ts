import { redrives } from '../functions/redrives.ts';
import type { CreateHandler, RedriveSources } from '../shared/operations/failures/redrive.ts';

/** How the consumers of `functions/` take their failures. A consumer's folder bears its name. */
export const redriveSources: RedriveSources = {
  redrives,
  handlerOf: async ({ name }) => {
    const { create }: { readonly create: CreateHandler } = await import(`../functions/${name}/handler.ts`);
    return create;
  },
};
