import { searchCopies } from '../../shared/operations/copies/search-copies.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { table } from '../table.ts';
import { searchFields, searchIndexEffects } from './effects.ts';
import { createSink } from './sink.ts';

export const copies = ({ services }: { readonly services: Services<'dynamodb' | 'search'> }) =>
  searchCopies({
    ...{ services, table, fieldsOf: searchFields(table) },
    snapshot: { sink: createSink(services), effects: searchIndexEffects(table) },
  });
