import { probeHandler } from '../../probe-handler.ts';
import { probeWindow } from '../../probe-house.ts';

export const handler = probeHandler(probeWindow);
