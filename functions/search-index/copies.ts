import type { CreateCopies } from '../../shared/operations/copies/item-copies.ts';
import { searchCopies } from '../../shared/operations/copies/search-copies.ts';
import { table } from '../table.ts';
import { searchFields, searchIndexEffects } from './effects.ts';
import { createSink } from './sink.ts';

export const copies: CreateCopies = ({ services }) =>
  searchCopies({
    ...{ services, table, fieldsOf: searchFields(table) },
    snapshot: { sink: createSink(services), effects: searchIndexEffects(table) },
  });
