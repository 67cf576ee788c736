import type { Clock } from '../../shared/batch/clock.ts';
import { isJsonObject } from '../../shared/services/opensearch/json.ts';
import {
  type AdminReply,
  type AdminRequest,
  errorOf,
  type SearchAdmin,
} from '../../shared/services/opensearch/search-admin.ts';
import { SearchSetUpError } from './search-set-up-error.ts';
import type { IndexDefinition, RoleDefinition, SetUpRequest } from './set-up-request.ts';

export interface SetUpOptions {
  readonly admin: SearchAdmin;
  readonly clock: Clock;
  /** How long a domain that has just been made may take until it answers and knows its master user. */
  readonly patienceMs: number;
}

const pauseMs = 5_000;

/**
 * Makes the index template, the first index with its filtered alias, and who may use them. May be repeated at any
 * time: what is there is brought up to date, and neither documents nor an index that a reindex made are touched.
 *
 * @throws {SearchSetUpError} when the domain refuses a step
 */
export async function setUpSearch(
  { index, replicas, roles, formerRoles }: SetUpRequest,
  options: SetUpOptions,
): Promise<void> {
  const { admin } = options;
  await untilReady(options);
  await putTemplate(admin, index, replicas);
  await putIndex(admin, index);
  for (const role of roles) await putRole(admin, { role, index });
  for (const name of formerRoles) await removeRole(admin, name);
}

/** A new domain is reachable, and knows its master user, some time after CloudFormation calls it complete. */
async function untilReady({ admin, clock, patienceMs }: SetUpOptions): Promise<void> {
  const request = { method: 'GET', path: '/' } as const;
  const deadlineMs = clock.nowMs() + patienceMs;
  for (;;) {
    const reply = await replyOf(admin, request);
    if (reply.status === 200) return;
    if (clock.nowMs() + pauseMs > deadlineMs) {
      const advice =
        'It has to reach the domain (network, security group) as the master user of its fine-grained access control.';
      throw new SearchSetUpError(request, { reply, advice });
    }
    await clock.sleep(pauseMs);
  }
}

async function replyOf(admin: SearchAdmin, request: AdminRequest): Promise<AdminReply> {
  try {
    return await admin.send(request);
  } catch (error) {
    return { status: 0, body: `no reply (${error instanceof Error ? error.name : 'unknown'})` };
  }
}

/** Also an index that a reindex makes later has its fields from here. Aliases are not: readers move when it is full. */
async function putTemplate(admin: SearchAdmin, index: IndexDefinition, replicas: number): Promise<void> {
  const settings = { index: { number_of_shards: 1, number_of_replicas: replicas } };
  const body = { index_patterns: [index.pattern], template: { settings, mappings: index.mappings } };
  await carryOut(admin, { method: 'PUT', path: `/_index_template/${index.alias}`, body });
}

async function putIndex(admin: SearchAdmin, { index, alias, aliasFilter, mappings }: IndexDefinition): Promise<void> {
  const found = await admin.send({ method: 'GET', path: `/_alias/${alias}` });
  const indices = found.status === 200 && isJsonObject(found.body) ? Object.keys(found.body) : [];
  if (indices.length === 0) {
    const request = { method: 'PUT', path: `/${index}` } as const;
    const reply = await admin.send(request);
    // There already when an earlier set-up was cut off here.
    if (reply.status !== 200 && !errorOf(reply).startsWith('resource_already_exists')) refuse(request, reply);
    indices.push(index);
  }
  for (const each of indices) {
    const request = { method: 'PUT', path: `/${each}/_mapping`, body: mappings } as const;
    const reply = await admin.send(request);
    if (reply.status !== 200) {
      const advice = 'A field of an index keeps its type: give the attribute another name, or fill a new index.';
      throw new SearchSetUpError(request, { reply, advice });
    }
  }
  const actions = indices.map((each) => ({ add: { index: each, alias, filter: aliasFilter } }));
  await carryOut(admin, { method: 'POST', path: '/_aliases', body: { actions } });
}

const security = '/_plugins/_security/api';

/** A role of the domain, worn by one role of IAM. Both are put whole, so that what they no longer allow is gone. */
async function putRole(admin: SearchAdmin, how: { role: RoleDefinition; index: IndexDefinition }): Promise<void> {
  const { name, roleArn, permissions } = how.role;
  const patterns = { index_patterns: [how.index.pattern], allowed_actions: permissions.index };
  const body = { cluster_permissions: permissions.cluster, index_permissions: [patterns] };
  await carryOut(admin, { method: 'PUT', path: `${security}/roles/${name}`, body });
  await carryOut(admin, {
    method: 'PUT',
    path: `${security}/rolesmapping/${name}`,
    body: { backend_roles: [roleArn] },
  });
}

async function removeRole(admin: SearchAdmin, name: string): Promise<void> {
  for (const kind of ['rolesmapping', 'roles']) {
    const request = { method: 'DELETE', path: `${security}/${kind}/${name}` } as const;
    const reply = await admin.send(request);
    if (reply.status !== 200 && reply.status !== 404) refuse(request, reply);
  }
}

async function carryOut(admin: SearchAdmin, request: AdminRequest): Promise<void> {
  const reply = await admin.send(request);
  if (reply.status !== 200 && reply.status !== 201) refuse(request, reply);
}

function refuse(request: AdminRequest, reply: AdminReply): never {
  throw new SearchSetUpError(request, { reply, advice: 'Put it right and deploy again: the set-up begins anew.' });
}
