import { probeHandler } from '../../probe-handler.ts';
import { probePlain } from '../../probe-house.ts';

export const handler = probeHandler(probePlain);
