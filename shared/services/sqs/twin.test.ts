import { describeWorkQueueContract } from '../../testing/work-queue-contract.ts';
import { queueTwin } from './twin.ts';

describeWorkQueueContract('twin', async () => queueTwin());
