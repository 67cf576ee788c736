import { Client } from '@opensearch-project/opensearch';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../local/engines/engine.ts';
import { startSearch as startEmbedded } from '../local/engines/search/start-search.ts';
import type { JsonObject } from '../shared/services/opensearch/json.ts';
import { comparedMappings, documentArbitrary, searchArbitrary } from '../shared/testing/search-queries.ts';
import { provider, startSearch } from './provided-engines.ts';

const documentCount = 250;
const index = 'compared';
const alias = 'readers';
const aliasFilter = { bool: { must_not: [{ term: { plan: 'free' } }] } };

let engines: readonly Engine[];
let clients: readonly Client[];

beforeAll(async () => {
  engines = [await startEmbedded({ port: 0 }), await startSearch()];
  clients = engines.map(({ url }) => new Client({ node: url, maxRetries: 0 }));
  const documents = fc.sample(documentArbitrary, { seed: 7, numRuns: documentCount });
  const lines = documents.flatMap((document, at) => [
    { index: { _index: index, _id: `${at}` } },
    { ...document, id: `${at}` },
  ]);
  const answers = await Promise.all(clients.map((client) => fill(client, lines)));
  expect(answers[0]).toEqual(answers[1]);
});

afterAll(async () => {
  for (const client of clients ?? []) await client.close();
  for (const engine of engines ?? []) await engine.stop();
});

/** The status of each document. */
async function fill(client: Client, lines: JsonObject[]): Promise<unknown[]> {
  const body = { mappings: comparedMappings, aliases: { [alias]: { filter: aliasFilter } } };
  await client.indices.create({ index, body });
  const answer = await client.bulk({ body: lines, refresh: true });
  return answer.body.items.map(({ index: item }) => item?.status);
}

/** Hits in their order, or the status of a refusal. */
async function hitsOf(client: Client, search: { readonly index: string; readonly body: JsonObject }): Promise<unknown> {
  try {
    const { body } = await client.search(search);
    const { total, hits } = body.hits;
    return { total, hits: hits.map(({ _id }) => _id) };
  } catch (error) {
    return { status: Object(error).statusCode };
  }
}

describe(`the embedded search and OpenSearch (${provider})`, () => {
  it.each([index, alias])('find the same documents in the same order: %s', async (target) => {
    await fc.assert(
      fc.asyncProperty(searchArbitrary, async (body) => {
        const [embedded, real] = await Promise.all(clients.map((client) => hitsOf(client, { index: target, body })));
        expect(embedded).toEqual(real);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it.each<JsonObject>([
    { term: { logins: 'x' } },
    { terms: { balance: [1, 'x'] } },
    { range: { createdAt: { gte: 'never' } } },
    { term: { active: 'maybe' } },
    { unheardOf: {} },
    { term: { plan: 'free', logins: 1 } },
    { bool: { perhaps: [] } },
    { match: { name: { query: 'ada', operator: 'xor' } } },
  ])('refuse with the same status and kind of error: %j', async (query) => {
    const refusals = clients.map((client) =>
      client.search({ index, body: { query } }).then(
        () => 'taken',
        (error: unknown) => ({ status: Object(error).statusCode, type: Object(error).body?.error?.type }),
      ),
    );
    const [embedded, real] = await Promise.all(refusals);
    expect(embedded).toEqual(real);
    expect(embedded).toMatchObject({ status: 400 });
  });
});
