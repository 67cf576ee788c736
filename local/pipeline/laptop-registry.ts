import { registry } from '../../functions/registry.ts';

/** What of the registry runs on a laptop. */
export const laptopRegistry = registry.filter((definition) => !('deployedOnly' in definition));
