import type { CreateRedrive } from '../../shared/operations/failures/redrive.ts';
import { searchRedrive } from '../../shared/operations/failures/search-redrive.ts';
import { throughHandler } from '../../shared/operations/failures/through-handler.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { searchIndexEffects } from './effects.ts';
import { create } from './handler.ts';
import { createSink, itemReader } from './sink.ts';

export const redrive: CreateRedrive = (operated) => {
  const { services } = operated;
  return searchRedrive({
    services,
    live: throughHandler(definition, create)(operated),
    snapshot: { sink: createSink(services), readItem: itemReader(services), effects: searchIndexEffects(table) },
  });
};
