import { names } from '../pipeline/names.ts';
import type { Region } from '../pipeline/region.ts';

/**
 * Creates the still empty search index again, with `index.gc_deletes` at nothing. OpenSearch remembers the version of a
 * deleted document for that long, a minute unless told otherwise: longer than a run of the demo, which would therefore
 * never see what happens afterwards.
 */
export async function makeIndexForgetful({ clients }: Pick<Region, 'clients'>): Promise<void> {
  const { indices } = clients.opensearch;
  const { index } = names;
  const { body } = await indices.get({ index });
  const { aliases, mappings } = body[index] ?? {};
  if (aliases === undefined || mappings === undefined) throw new Error(`The search index ${index} has no mappings`);
  await indices.delete({ index });
  await indices.create({ index, body: { aliases, mappings, settings: { 'index.gc_deletes': '0s' } } });
}
