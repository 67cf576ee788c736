import { emailCopies } from '../../shared/operations/copies/email-copies.ts';
import type { CreateCopies } from '../../shared/operations/copies/item-copies.ts';
import { table } from '../table.ts';
import { welcomeEmailEffects } from './effects.ts';

export const copies: CreateCopies = ({ services }) =>
  emailCopies({ services, table, effects: welcomeEmailEffects(table) });
