import { probeHandler } from '../../probe-handler.ts';
import { probeKinesis } from '../../probe-house.ts';

export const handler = probeHandler(probeKinesis);
