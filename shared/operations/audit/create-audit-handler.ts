import { FatalConfigError } from '../../batch/errors.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { ScheduledDefinition } from '../../runtime/consumer-definition.ts';
import { createHandler } from '../../runtime/create-handler.ts';
import type { Invoke, Services } from '../../runtime/services.ts';
import type { ItemCopies, ReadItem } from '../copies/item-copies.ts';
import { type ReadTable, readItems, readPage } from '../table-pages.ts';

interface AuditHandlerOptions {
  readonly definition: ScheduledDefinition;
  readonly services: Services<'dynamodb'>;
  readonly table: TableDefinition;
  readonly copies: Pick<ItemCopies, 'compare'>;
}

const DAY_S = 86_400;
const PAGE = 200;
/** What is under way differs for a moment. */
const GRACE_MS = 30_000;
/** Left for looking again, and for the page under way. */
const MARGIN_MS = 90_000;

/**
 * A part of the table each run, all of it in a day: which part follows from the time, so nothing has to be remembered.
 * Tells how many items were compared, and how many differed twice while they stood still. Repairs nothing: what an
 * operator's audit finds has its reason with it.
 */
export function createAuditHandler(options: AuditHandlerOptions): Invoke<void> {
  const { services, definition, table, copies } = options;
  const { config, dynamodb, clock, metrics } = services;
  const tableName = config.value(tableVariableOf(definition));
  const source: ReadTable = { dynamodb, tableName, definition: table };
  const parts = Math.max(1, Math.round(DAY_S / definition.trigger.everyS));
  return createHandler({
    services,
    run: async (_event, context) => {
      const part = { index: Math.floor(clock.nowMs() / 1000 / definition.trigger.everyS) % parts, of: parts };
      const suspects: ReadItem[] = [];
      let after: ReadItem['keys'] | undefined;
      do {
        const page = await readPage(source, { after, limit: PAGE, part });
        suspects.push(...differing(page.items, await copies.compare(page.items)));
        metrics.add('AuditedItems', page.items.length);
        after = page.next;
      } while (after !== undefined && context.getRemainingTimeInMillis() > MARGIN_MS);
      if (suspects.length > 0) await clock.sleep(GRACE_MS);
      const again = await readItems(
        source,
        suspects.map(({ keys }) => keys),
      );
      const lasting = differing(again, await copies.compare(again)).filter((item) => {
        return JSON.stringify(item.image) === JSON.stringify(suspects[again.indexOf(item)]?.image);
      });
      metrics.add('AuditDifferences', lasting.length);
    },
  });
}

function tableVariableOf({ name, uses }: ScheduledDefinition): string {
  const use = uses.find(({ kind }) => kind === 'sourceTable');
  if (use?.kind === 'sourceTable') return use.variable;
  throw new FatalConfigError('configuration', `${name} does not declare the table that it audits`);
}

function differing(items: readonly ReadItem[], differences: Awaited<ReturnType<ItemCopies['compare']>>) {
  return items.filter((_, at) => differences[at] !== undefined);
}
