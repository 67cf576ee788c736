import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../functions/search-index/definition.ts';
import { searchFields, searchIndexEffects } from '../../functions/search-index/effects.ts';
import { table } from '../../functions/table.ts';
import { variablesFor } from '../../infra/function-variables.ts';
import { operatorPermissions } from '../../infra/manifest.ts';
import { planRegion } from '../../infra/region-plan.ts';
import { sampleConfig } from '../../infra/testing/sample-stage.ts';
import { matchesPattern } from '../../local/engines/search/cluster.ts';
import { startSearch } from '../../local/engines/search/start-search.ts';
import { leaveOldIndex, reindex, rollBackReindex } from '../../shared/operations/reindex/reindex.ts';
import type { ReindexOptions } from '../../shared/operations/reindex/reindex-options.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { operatorHandler } from '../../shared/runtime/operator-handler.ts';
import { dynamoDbTwin } from '../../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { type CarriedReply, readCarriedRequest } from '../../shared/services/opensearch/carried-request.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import { connectRegion } from './connect.ts';
import { startSearchTunnel } from './search-tunnel.ts';

const { index: first, alias, aliasFilter: filter, mappings, pattern } = searchIndexFor(table);

let cleanup: AsyncDisposableStack;
beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});
afterEach(() => cleanup.disposeAsync());

/** As Lambda hands over events and answers: as JSON of 6 MB at most. */
function carried<Payload>(payload: Payload): Payload {
  const json = JSON.stringify(payload);
  if (Buffer.byteLength(json) > 6 * 1024 * 1024) throw new Error('Function.ResponseSizeTooLarge');
  return JSON.parse(json);
}

/** The indices that the security plugin holds a request to; none: every index of the domain. */
function indicesOf({ path, body = '' }: { readonly path: string; readonly body?: string | undefined }): string[] {
  const [, named = ''] = /^\/([^/?]+)/.exec(path) ?? [];
  if (path.startsWith('/_bulk')) {
    const targets = body.split('\n').filter((line) => line.includes('"_index"'));
    return targets.map((line) => String(Object(Object.values(JSON.parse(line))[0])._index));
  }
  if (path === '/_aliases') {
    const { actions } = JSON.parse(body) as { actions: Record<string, { index: string }>[] };
    return actions.flatMap((action) => Object.values(action).map(({ index }) => index));
  }
  return named.startsWith('_') ? [] : decodeURIComponent(named).split(',');
}

/** What the request takes beside leave for its indices. */
function clusterPermissionOf(path: string): string | undefined {
  if (/^\/_bulk\b/.test(path)) return 'indices:data/write/bulk';
  return path.endsWith('/_mget') ? 'indices:data/read/mget' : undefined;
}

/** The embedded engine behind the operator function, for whom it does what the security plugin lets its role do. */
async function domain() {
  const engine = cleanup.adopt(await startSearch({ port: 0 }), (started) => started.stop());
  const handler = operatorHandler({ SEARCH_ENDPOINT: engine.url });
  const refused: string[] = [];
  const guarded = async (event: unknown): Promise<CarriedReply> => {
    const request = readCarriedRequest(event);
    const indices = indicesOf(request);
    const cluster = clusterPermissionOf(request.path);
    const isAllowed =
      indices.length > 0 &&
      indices.every((index) => matchesPattern(pattern, index)) &&
      (cluster === undefined || operatorPermissions.cluster.some((each) => each === cluster));
    if (isAllowed) return handler(event);
    refused.push(`${request.method} ${request.path}`);
    const error = { type: 'security_exception', reason: 'no permissions' };
    return { status: 403, body: JSON.stringify({ error, status: 403 }) };
  };
  const tunnel = await startSearchTunnel(async (request) => carried(await guarded(carried(request))));
  cleanup.defer(() => tunnel.stop());
  const place = { region: 'eu-west-1', account: '123456789012', partition: 'aws' };
  const plan = planRegion(sampleConfig, { house: { table, registry: [definition] }, place });
  const sources = { plan, codeVersion: 'operator', deadLetterQueueUrl: 'https://queue.invalid' };
  const variables = variablesFor(definition, { ...sources, searchEndpoint: tunnel.url });
  const config = readConfig(definition, { ...variables, AWS_REGION: place.region });
  const connected = connectRegion({ region: place.region });
  const { search } = connected.connectionsOf(definition, config);
  return { search, admin: connected.indexAdminOf(definition, config), refused };
}

/** A table with one user, and the options of a reindex for whom no time passes but what it waits. */
async function reindexOf({ search, admin }: Pick<Awaited<ReturnType<typeof domain>>, 'search' | 'admin'>) {
  const now = { ms: Date.UTC(2026, 0, 1, 12) };
  const clock = { nowMs: () => now.ms, sleep: async () => undefined };
  const dynamodb = dynamoDbTwin({ tables: [table], nowMs: clock.nowMs });
  await dynamodb.putItem({
    TableName: table.name,
    Item: { id: { S: 'u-1' }, email: { S: 'ada@example.com' }, name: { S: 'Ada' } },
  });
  const options: ReindexOptions = {
    ...{ region: 'eu-west-1', search, admin, first, clock, clockMarginMs: 60_000 },
    source: { dynamodb, tableName: table.name, definition: table },
    ...{ effects: searchIndexEffects(table), fieldsOf: searchFields(table) },
    settle: async () => {
      now.ms += 180_000;
    },
    refusedSince: async () => 0,
    report: () => undefined,
  };
  return options;
}

describe('a reindex through the operator function', () => {
  it('asks for nothing that the role of the function may not do: fill, finish, fill again, go back', async () => {
    const { search, admin, refused } = await domain();
    expect(await admin.holdersOf(alias)).toEqual([]);
    await admin.create(first, mappings);
    expect(await admin.holdersOf(alias)).toEqual([]);
    await admin.moveAlias({ alias, filter, to: first });
    const options = await reindexOf({ search, admin });
    expect(await reindex(options)).toMatchObject({ step: 'switched', current: `${alias}-v2` });
    expect(await admin.holdersOf(alias)).toEqual([`${alias}-v2`]);
    expect(await leaveOldIndex(options)).toMatchObject({ step: 'none', written: [`${alias}-v2`] });
    expect(await reindex(options)).toMatchObject({ step: 'switched', current: `${alias}-v3` });
    expect(await rollBackReindex(options)).toMatchObject({ step: 'none', written: [`${alias}-v2`] });
    expect((await search.get({ index: `${alias}-v2`, ids: ['u-1'] })).get('u-1')?.document.name).toBe('Ada');
    expect(refused).toEqual([]);
  });

  it('brings documents over that do not fit into one invocation together', async () => {
    const { search, admin } = await domain();
    await admin.create(first, mappings);
    await admin.moveAlias({ alias, filter, to: first });
    // As large as an item of DynamoDB can be, and all of one moment.
    const name = 'x'.repeat(390_000);
    const mark = { changes: ['change'], changedAt: '2025-12-31T00:00:00.000Z', deleted: false };
    const ids = Array.from({ length: 20 }, (_, at) => `large-${at}`);
    await search.bulk(
      ids.map((id) => {
        const documentJson = JSON.stringify({ id, name, tributary: mark });
        return { op: 'index', index: first, id, version: 1n, versionType: 'external', documentJson } as const;
      }),
    );
    expect(await reindex(await reindexOf({ search, admin }))).toMatchObject({ step: 'switched', refused: 0 });
    const copied = await search.get({ index: `${alias}-v2`, ids });
    expect([...copied.values()].map(({ id, document }) => [id, document.name === name])).toEqual(
      ids.map((id) => [id, true]),
    );
  });
});
