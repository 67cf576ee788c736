import { emailCopies } from '../../shared/operations/copies/email-copies.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { table } from '../table.ts';
import { welcomeEmailEffects } from './effects.ts';

export const copies = ({ services }: { readonly services: Services<'dynamodb'> }) =>
  emailCopies({ services, table, effects: welcomeEmailEffects(table) });
