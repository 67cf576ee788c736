import { liveImage } from '../../change/tombstone.ts';
import { contributionsOf } from '../../sinks/aggregates/contribution.ts';
import { type FoundItem, fillHoles } from '../../sinks/aggregates/fill-holes.ts';
import { type BuildState, keepCursor } from '../../sinks/aggregates/generations.ts';
import { readPage } from '../table-pages.ts';
import type { AggregatesBuild } from './aggregates-build.ts';

const PAGE = 500;

/**
 * Brings what is in the table into the generation that is being built, page by page from where the build is. Reads are
 * consistent: of an item that no change has met since the build began, they show what all changes before made of it.
 *
 * @throws {RetryableError} when the build went on elsewhere, or DynamoDB does not confirm: read the state, go on
 */
export async function scanTable({ phase, cursor }: BuildState, build: AggregatesBuild): Promise<void> {
  const { aggregates, source, totals, report, pace } = build;
  const { definition } = source;
  const generation = phase.next ?? 0;
  let after = cursor;
  let items = 0;
  let filled = 0;
  do {
    await pace.next();
    const page = await readPage(source, { after, limit: PAGE });
    const found = page.items.map(({ keys, image }): FoundItem => {
      return { keys, contribution: contributionsOf(liveImage(image, definition), { table: definition, totals }) };
    });
    filled += await fillHoles({ found, phase }, aggregates);
    items += page.items.length;
    after = page.next;
    await keepCursor({ next: generation, cursor: after ?? 'end' }, aggregates);
    report({ step: 'scanning', generation, items, filled });
    await pace.took(page.items.length);
  } while (after !== undefined);
}
