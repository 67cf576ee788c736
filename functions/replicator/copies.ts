import { replicaCopies } from '../../shared/operations/copies/replica-copies.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { replicaModeOf } from '../../shared/sinks/replica/mode.ts';
import { replicaTable } from '../../shared/sinks/replica/resources.ts';
import { replicaOf } from './replica.ts';

export const copies = ({ services }: { readonly services: Services<'dynamodb' | 'remoteDynamodb'> }) =>
  replicaCopies({
    mode: replicaModeOf(services.config.value(replicaTable.modeVariable)),
    replica: replicaOf(services),
  });
