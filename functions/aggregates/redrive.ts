import { aggregatesRedrive } from '../../shared/operations/failures/aggregates-redrive.ts';
import type { CreateRedrive } from '../../shared/operations/failures/redrive.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { effects } from './effects.ts';

export const redrive: CreateRedrive = ({ services }) =>
  aggregatesRedrive({ consumer: definition.name, table, effects, services });
