import type { CreateCopies } from '../../shared/operations/copies/item-copies.ts';
import { replicaCopies } from '../../shared/operations/copies/replica-copies.ts';
import { replicaModeOf } from '../../shared/sinks/replica/mode.ts';
import { replicaTable } from '../../shared/sinks/replica/resources.ts';
import { replicaOf } from './replica.ts';

export const copies: CreateCopies = ({ services }) =>
  replicaCopies({
    mode: replicaModeOf(services.config.value(replicaTable.modeVariable)),
    replica: replicaOf(services),
  });
