import { FatalConfigError } from '../../batch/errors.ts';
import type { AttributeType, TableDefinition } from '../../change/table-definition.ts';
import { MAX_COUNTERS_PER_CUT } from './cut-transaction.ts';
import type { TotalDefinition } from './total-definition.ts';

/** A modify leaves one group of each total and enters another, in two generations while one is built, in one cut. */
const MAX_TOTALS = Math.floor(MAX_COUNTERS_PER_CUT / 4);

/** @throws {FatalConfigError} naming the total and what to change */
export function validateTotals(definition: { table: TableDefinition; totals: readonly TotalDefinition[] }): void {
  const { table, totals } = definition;
  if (totals.length > MAX_TOTALS)
    throw wrong(`there are ${totals.length} totals, but at most ${MAX_TOTALS} are possible`);
  const names = new Set<string>();
  for (const total of totals) {
    if (!/^[a-z0-9-]{1,64}$/.test(total.name)) {
      throw wrong(`total "${total.name}": its name must be 1 to 64 lower-case letters, digits and hyphens`);
    }
    if (names.has(total.name)) throw wrong(`total "${total.name}": another total has the same name`);
    names.add(total.name);
    const { by, where, sum } = total;
    expectType({ table, total, attribute: by.attribute, types: by.per ? ['timestamp'] : ['string'] });
    if (where) expectType({ table, total, attribute: where.attribute, types: ['string'] });
    if (sum !== undefined) expectType({ table, total, attribute: sum, types: ['decimal', 'epochSeconds'] });
  }
}

function expectType(options: {
  table: TableDefinition;
  total: TotalDefinition;
  attribute: string;
  types: readonly AttributeType[];
}): void {
  const { table, total, attribute, types } = options;
  const entity = table.entities.find(({ name }) => name === total.entity);
  if (!entity) throw wrong(`total "${total.name}": table "${table.name}" has no entity "${total.entity}"`);
  const declared = entity.attributes[attribute]?.type;
  if (declared !== undefined && types.includes(declared)) return;
  const found = declared === undefined ? 'is not declared' : `is declared as ${declared}`;
  throw wrong(
    `total "${total.name}": attribute "${attribute}" of "${total.entity}" must be ${types.join(' or ')}, it ${found}`,
  );
}

function wrong(message: string): FatalConfigError {
  return new FatalConfigError('configuration', message);
}
