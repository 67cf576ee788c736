import { describeObjectStoreContract } from '../../testing/object-store-contract.ts';
import { objectStoreTwin } from './twin.ts';

describeObjectStoreContract('twin', async () => objectStoreTwin());
