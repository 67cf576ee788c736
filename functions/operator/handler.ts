import { operatorHandler } from '../../shared/runtime/operator-handler.ts';

/** Carries what operators ask to the search domain. */
export const handler = operatorHandler();
