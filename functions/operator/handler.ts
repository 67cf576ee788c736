import { operatorHandler } from '../../shared/runtime/operator-handler.ts';

/** Carries what operators ask of the search domain into its VPC. */
export const handler = operatorHandler();
