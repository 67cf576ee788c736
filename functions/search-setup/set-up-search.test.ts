import { describe, expect, it } from 'vitest';
import type { Clock } from '../../shared/batch/clock.ts';
import type { AdminReply, AdminRequest, SearchAdmin } from '../../shared/services/opensearch/search-admin.ts';
import { searchIndex, searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import { secondSchema } from '../../shared/testing/second-schema.ts';
import { readSetUpRequest, type SetUpRequest } from './set-up-request.ts';
import { setUpSearch } from './set-up-search.ts';

const definition = searchIndexFor(secondSchema.table);
const roleArn = 'arn:aws:iam::111122223333:role/search-index';
const role = { Name: 'search-index', RoleArn: roleArn, Permissions: searchIndex.permissions };
const properties = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:provider',
  Endpoint: 'https://search.example',
  Replicas: '1',
  Definition: JSON.stringify(definition),
  Roles: [role],
};

function requested(event: object = {}): SetUpRequest {
  const request = readSetUpRequest({ RequestType: 'Create', ResourceProperties: properties, ...event });
  if (request === undefined) throw new Error('nothing is requested');
  return request;
}

/** A domain that answers as OpenSearch does to what the set-up asks, keeps what is put, and can be told to refuse. */
function fakeDomain(refusals: Readonly<Record<string, readonly AdminReply[]>> = {}) {
  const kept = new Map<string, unknown>();
  const aliases = new Map<string, string[]>();
  const sent: string[] = [];
  const pending = new Map(Object.entries(refusals).map(([call, replies]) => [call, [...replies]]));
  const ok = { status: 200, body: { acknowledged: true } };
  function answer({ method, path, body }: AdminRequest): AdminReply {
    if (path.startsWith('/_alias/')) {
      const indices = aliases.get(path.slice('/_alias/'.length));
      return indices === undefined
        ? { status: 404, body: { error: `alias [${path}] missing`, status: 404 } }
        : { status: 200, body: Object.fromEntries(indices.map((index) => [index, {}])) };
    }
    if (method === 'PUT' && /^\/[^_/]+$/.test(path) && kept.has(path)) {
      return { status: 400, body: { error: { type: 'resource_already_exists_exception', reason: 'exists' } } };
    }
    if (method === 'DELETE') return kept.delete(path) ? ok : { status: 404, body: {} };
    if (path === '/_aliases') {
      const { actions } = body as { actions: { add: { index: string; alias: string } }[] };
      for (const { add } of actions)
        aliases.set(add.alias, [...new Set([...(aliases.get(add.alias) ?? []), add.index])]);
    }
    kept.set(path, body);
    return ok;
  }
  const admin: SearchAdmin = {
    async send(request) {
      const call = `${request.method} ${request.path}`;
      sent.push(call);
      return pending.get(call)?.shift() ?? answer(request);
    },
  };
  return { admin, kept, aliases, sent };
}

function virtualClock(): Clock & { readonly sleptMs: () => number } {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
    sleptMs: () => nowMs,
  };
}

const setUp = (request: SetUpRequest, admin: SearchAdmin, clock: Clock = virtualClock()) =>
  setUpSearch(request, { admin, clock, patienceMs: 60_000 });

const security = '/_plugins/_security/api';
const forbidden = { status: 403, body: { error: { type: 'security_exception', reason: 'no permissions' } } };

describe('the search set-up', () => {
  it('makes the template, the first index behind its filtered alias, and the role of each function', async () => {
    const domain = fakeDomain();
    await setUp(requested(), domain.admin);
    expect(domain.kept.get(`/_index_template/${definition.alias}`)).toEqual({
      index_patterns: [`${definition.alias}-v*`],
      template: {
        settings: { index: { number_of_shards: 1, number_of_replicas: 1 } },
        mappings: JSON.parse(JSON.stringify(definition.mappings)),
      },
    });
    expect(domain.kept.has(`/${definition.index}`)).toBe(true);
    expect(domain.kept.get('/_aliases')).toEqual({
      actions: [{ add: { index: definition.index, alias: definition.alias, filter: definition.aliasFilter } }],
    });
    expect(domain.kept.get(`${security}/rolesmapping/search-index`)).toEqual({ backend_roles: [roleArn] });
  });

  it('lets a function write to the indices of its table and create none', async () => {
    const domain = fakeDomain();
    await setUp(requested(), domain.admin);
    expect(domain.kept.get(`${security}/roles/search-index`)).toEqual({
      cluster_permissions: searchIndex.permissions.cluster,
      index_permissions: [
        { index_patterns: [`${definition.alias}-v*`], allowed_actions: searchIndex.permissions.index },
      ],
    });
    const allowed = [...searchIndex.permissions.cluster, ...searchIndex.permissions.index];
    expect(allowed.filter((name) => !/^indices:data\/(read|write)\//.test(name))).toEqual([]);
  });

  it('changes nothing when it is repeated', async () => {
    const domain = fakeDomain();
    await setUp(requested(), domain.admin);
    const before = new Map(domain.kept);
    await setUp(requested(), domain.admin);
    expect(domain.kept).toEqual(before);
    expect(domain.sent.filter((call) => call === `PUT /${definition.index}`)).toHaveLength(1);
  });

  it('goes on where an earlier one was cut off between index and alias', async () => {
    const domain = fakeDomain();
    domain.kept.set(`/${definition.index}`, undefined);
    await setUp(requested(), domain.admin);
    expect(domain.aliases.get(definition.alias)).toEqual([definition.index]);
  });

  it('leaves readers on the index that a reindex made, and gives that one the new fields', async () => {
    const domain = fakeDomain();
    const reindexed = `${definition.alias}-v2`;
    domain.aliases.set(definition.alias, [reindexed]);
    await setUp(requested(), domain.admin);
    expect(domain.aliases.get(definition.alias)).toEqual([reindexed]);
    expect(domain.kept.has(`/${definition.index}`)).toBe(false);
    expect(domain.kept.has(`/${reindexed}/_mapping`)).toBe(true);
  });

  it('takes away the role of a function that is deployed no more, also when it is gone already', async () => {
    const domain = fakeDomain();
    const OldResourceProperties = { ...properties, Roles: [role, { ...role, Name: 'former' }] };
    domain.kept.set(`${security}/roles/former`, {});
    await setUp(requested({ RequestType: 'Update', OldResourceProperties }), domain.admin);
    expect(domain.kept.has(`${security}/roles/former`)).toBe(false);
    expect(domain.kept.has(`${security}/roles/search-index`)).toBe(true);
  });

  it('waits for a domain that does not know its master user yet', async () => {
    const domain = fakeDomain({ 'GET /': [forbidden, { status: 503, body: '' }] });
    const clock = virtualClock();
    await setUp(requested(), domain.admin, clock);
    expect(clock.sleptMs()).toBe(10_000);
    expect(domain.aliases.has(definition.alias)).toBe(true);
  });

  it('gives up on a domain that never answers, saying what has to reach what', async () => {
    const unreachable: SearchAdmin = { send: () => Promise.reject(new Error('connect ETIMEDOUT')) };
    await expect(setUp(requested(), unreachable)).rejects.toThrow(/GET \/ .*no reply.*security group.*master user/);
  });

  it('says what to do when an attribute is searched in another way than its index can', async () => {
    const refusal = {
      status: 400,
      body: { error: { type: 'illegal_argument_exception', reason: 'cannot be changed' } },
    };
    const domain = fakeDomain({ [`PUT /${definition.index}/_mapping`]: [refusal] });
    await expect(setUp(requested(), domain.admin)).rejects.toThrow(/cannot be changed.*keeps its type/);
  });

  it.each([
    `PUT /_index_template/${definition.alias}`,
    `PUT /${definition.index}`,
    'POST /_aliases',
    `PUT ${security}/roles/search-index`,
    `PUT ${security}/rolesmapping/search-index`,
  ])('fails the deployment when %s is refused', async (call) => {
    const domain = fakeDomain({ [call]: [forbidden] });
    await expect(setUp(requested(), domain.admin)).rejects.toThrow(/403, security_exception.*deploy again/);
  });
});

describe('an event of CloudFormation', () => {
  it('asks for nothing when the resource is deleted: the domain keeps its data for as long as it lives', () => {
    expect(readSetUpRequest({ RequestType: 'Delete', ResourceProperties: properties })).toBeUndefined();
  });

  it.each([
    [{ Endpoint: '' }, /Endpoint/],
    [{ Roles: 'all' }, /Roles/],
    [{ Roles: [{ ...role, Permissions: undefined }] }, /Roles\[0\]\.Permissions/],
    [{ Definition: '{}' }, /Definition\.index/],
  ])('is refused with %j, naming the property', (change, problem) => {
    expect(() => requested({ ResourceProperties: { ...properties, ...change } })).toThrow(problem);
  });
});
