import type { CreateRedrive } from '../../shared/operations/failures/redrive.ts';
import { replicaRedrive } from '../../shared/operations/failures/replica-redrive.ts';
import { replicaModeOf } from '../../shared/sinks/replica/mode.ts';
import { replicaTable } from '../../shared/sinks/replica/resources.ts';
import { definition } from './definition.ts';
import { replicaOf } from './replica.ts';

export const redrive: CreateRedrive = ({ services }) =>
  replicaRedrive({
    consumer: definition.name,
    mode: replicaModeOf(services.config.value(replicaTable.modeVariable)),
    replica: replicaOf(services),
    deadLetters: services.deadLetters,
  });
