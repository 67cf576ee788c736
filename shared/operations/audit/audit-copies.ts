import type { AttributeMap } from '../../change/attribute-value.ts';
import { keyText } from '../../change/key-text.ts';
import { paceOf, patiently, progressOf, sourceTableOf } from '../backfill/walk.ts';
import type { ItemCopies, ReadItem } from '../copies/item-copies.ts';
import { readItems, readPage } from '../table-pages.ts';
import type { AuditWalk, CopiesAudit } from './audit.ts';
import { repairAll } from './repair-copies.ts';
import { type Suspect, settleSuspects } from './settle-suspects.ts';

const PAGE = 200;

interface AuditState {
  readonly items: number;
  /** Items that differed when they were read. */
  readonly suspects: readonly AttributeMap[];
  readonly after?: AttributeMap;
}

/** Compares item by item, then looks again at what differed until it is alike or has differed for long enough. */
export async function auditCopies(walk: AuditWalk): Promise<CopiesAudit> {
  const { operated, options } = walk;
  const create = options.sources.copies[operated.definition.name];
  if (create === undefined) return { kind: 'copies', items: 0, differences: [] };
  const copies = create(operated);
  const { items, suspects } = await compareAll(walk, copies);
  const lasting = await settleSuspects([...suspects, ...(await leftovers(walk, copies))], { walk, copies });
  const differences = options.repair
    ? await repairAll(lasting, { walk, copies })
    : lasting.map((each) => ({ ...each, isRepaired: false }));
  return { kind: 'copies', items, differences };
}

async function compareAll(
  walk: AuditWalk,
  copies: ItemCopies,
): Promise<{ readonly items: number; readonly suspects: readonly Suspect[] }> {
  const { operated, options } = walk;
  const { region, definition } = operated;
  const table = sourceTableOf(region, options.table);
  const store = progressOf<AuditState>(walk, 'audit');
  const pace = paceOf(walk);
  const report = (items: number) => {
    options.report({ region: region.name, consumer: definition.name, step: 'comparing', items });
  };
  let state: AuditState = (await store.read()) ?? { items: 0, suspects: [] };
  for (;;) {
    await pace.next();
    const page = await patiently(() => readPage(table, { after: state.after, limit: PAGE }), walk);
    const differing = await differingOf(page.items, { copies, walk });
    const { after: _, ...rest } = state;
    const suspects = [...state.suspects, ...differing.map(({ keys }) => keys)];
    state = { ...rest, items: state.items + page.items.length, suspects, ...(page.next && { after: page.next }) };
    report(state.items);
    if (page.next === undefined) break;
    await store.write(state);
    await pace.took(page.items.length);
  }
  await store.clear();
  return { items: state.items, suspects: state.suspects.map((keys) => ({ keys })) };
}

async function differingOf(
  items: readonly ReadItem[],
  { copies, walk }: { readonly copies: ItemCopies; readonly walk: AuditWalk },
): Promise<readonly ReadItem[]> {
  const differences = await patiently(() => copies.compare(items), walk);
  return items.filter((_, at) => differences[at] !== undefined);
}

/** What is kept of items that the walk through the table cannot meet, because they are gone. */
async function leftovers(walk: AuditWalk, copies: ItemCopies): Promise<readonly Suspect[]> {
  const table = sourceTableOf(walk.operated.region, walk.options.table);
  const pace = paceOf(walk);
  const found = new Map<string, AttributeMap>();
  for await (const keys of copies.kept?.() ?? []) {
    await pace.next();
    const items = await patiently(() => readItems(table, keys), walk);
    for (const item of await differingOf(items, { copies, walk })) found.set(keyText(item.keys), item.keys);
    await pace.took(keys.length);
  }
  return [...found.values()].map((keys) => ({ keys }));
}
