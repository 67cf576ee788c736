import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { addAlias, listAliases, removeAlias, updateAliases } from './aliases.ts';
import { badRequest, illegalArgument, parsingError } from './api-error.ts';
import { bulk } from './bulk.ts';
import { catAliases, catIndices, describeIndices, describeMappings, engineInfo } from './cluster-info.ts';
import { getDocument, type JsonReply, multiGet, writeDocument } from './documents.ts';
import type { Call, Route } from './route.ts';
import { count, search, searchBody } from './search.ts';
import { settingRoutes } from './setting-routes.ts';
import type { WriteRequest } from './write-request.ts';

const sourceParameters = ['_source', '_source_includes', '_source_excludes'];
const writeParameters = ['refresh', 'timeout', 'wait_for_active_shards'];
const expandParameters = ['ignore_unavailable', 'allow_no_indices', 'expand_wildcards'];
const adminParameters = ['timeout', 'cluster_manager_timeout', 'master_timeout', 'wait_for_active_shards'];

export const routes: readonly Route[] = [
  { methods: ['GET'], paths: ['/'], handle: () => ok(engineInfo) },
  ...settingRoutes,
  {
    methods: ['GET'],
    paths: ['/_cat/indices', '/_cat/indices/:index'],
    parameters: ['v', 'h', 's'],
    handle: (call) => catIndices(call),
  },
  { methods: ['GET'], paths: ['/_cat/aliases'], parameters: ['v', 'h', 's'], handle: (call) => catAliases(call) },
  {
    methods: ['POST', 'PUT'],
    paths: ['/_bulk', '/:index/_bulk'],
    parameters: writeParameters,
    writes: true,
    handle: ({ cluster, text, path }) => ok(bulk(cluster, { body: text, defaultIndex: path.index })),
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_mget', '/:index/_mget'],
    parameters: [...sourceParameters, 'realtime'],
    handle: (call) =>
      raw(multiGet(call.cluster, { indexName: call.path.index, body: jsonObject(call), query: call.query })),
  },
  {
    methods: ['POST'],
    paths: ['/_aliases'],
    parameters: adminParameters,
    handle: (call) => acknowledge(() => updateAliases(call.cluster, jsonObject(call))),
  },
  {
    methods: ['GET'],
    paths: ['/_alias', '/_alias/:name', '/:index/_alias', '/:index/_alias/:name'],
    parameters: expandParameters,
    handle: ({ cluster, path }) =>
      ok(
        listAliases(cluster, {
          ...(path.index === undefined ? {} : { expression: path.index }),
          ...(path.name === undefined ? {} : { alias: path.name }),
        }),
      ),
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/:index/_alias/:name', '/:index/_aliases/:name'],
    parameters: adminParameters,
    handle: (call) => acknowledge(() => putAlias(call)),
  },
  {
    methods: ['DELETE'],
    paths: ['/:index/_alias/:name', '/:index/_aliases/:name'],
    parameters: adminParameters,
    handle: (call) => acknowledge(() => deleteAlias(call)),
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_index_template/:name'],
    parameters: [...adminParameters, 'create'],
    handle: (call) => acknowledge(() => call.cluster.putTemplate(part(call, 'name'), jsonObject(call))),
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_refresh', '/:index/_refresh'],
    parameters: expandParameters,
    handle: ({ cluster, path }) => {
      cluster.targets(path.index);
      return ok({ _shards: { total: 1, successful: 1, failed: 0 } });
    },
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_count', '/:index/_count'],
    parameters: expandParameters,
    handle: (call) => raw(count(call.cluster, searchCall(call))),
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_search', '/:index/_search'],
    parameters: [
      ...expandParameters,
      ...sourceParameters,
      'from',
      'size',
      'track_total_hits',
      'rest_total_hits_as_int',
    ],
    handle: (call) => raw(search(call.cluster, searchCall(call))),
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/:index/_doc/:id'],
    parameters: [...writeParameters, 'version', 'version_type', 'op_type'],
    writes: true,
    handle: (call) => write(call, call.query.get('op_type') === 'create' ? 'create' : 'index'),
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/:index/_create/:id'],
    parameters: writeParameters,
    writes: true,
    handle: (call) => write(call, 'create'),
  },
  {
    methods: ['DELETE'],
    paths: ['/:index/_doc/:id'],
    parameters: [...writeParameters, 'version', 'version_type'],
    writes: true,
    handle: (call) => write(call, 'delete'),
  },
  {
    methods: ['GET'],
    paths: ['/:index/_doc/:id'],
    parameters: [...sourceParameters, 'realtime', 'refresh'],
    handle: (call) =>
      getDocument(call.cluster, { indexName: part(call, 'index'), id: part(call, 'id'), query: call.query }),
  },
  {
    methods: ['GET'],
    paths: ['/:index/_mapping'],
    parameters: expandParameters,
    handle: (call) => ok(describeMappings(call)),
  },
  {
    methods: ['PUT'],
    paths: ['/:index'],
    parameters: adminParameters,
    handle: (call) => {
      const { name } = call.cluster.createIndex(part(call, 'index'), jsonObject(call));
      return ok({ acknowledged: true, shards_acknowledged: true, index: name });
    },
  },
  {
    methods: ['DELETE'],
    paths: ['/:index'],
    parameters: [...adminParameters, ...expandParameters],
    handle: (call) =>
      acknowledge(() => {
        for (const name of part(call, 'index').split(',')) call.cluster.deleteIndex(name);
      }),
  },
  { methods: ['GET'], paths: ['/:index'], parameters: expandParameters, handle: (call) => ok(describeIndices(call)) },
];

export function ok(body: unknown): JsonReply {
  return raw(JSON.stringify(body));
}

function raw(json: string): JsonReply {
  return { status: 200, json };
}

function acknowledge(change: () => void): JsonReply {
  change();
  return ok({ acknowledged: true });
}

function searchCall(call: Call) {
  return { expression: call.path.index, body: searchBody(jsonBody(call)), query: call.query };
}

function write(call: Call, op: WriteRequest['op']): JsonReply {
  const version = call.query.get('version');
  const request: WriteRequest = {
    op,
    id: part(call, 'id'),
    version: version === undefined ? undefined : Number(version),
    versionType: call.query.get('version_type'),
    sourceJson: call.text,
  };
  return writeDocument(call.cluster, part(call, 'index'), request);
}

function putAlias(call: Call): void {
  const changes = call.cluster
    .targets(part(call, 'index'))
    .map(({ index }) => addAlias(index, part(call, 'name'), jsonObject(call)));
  for (const change of changes) change();
}

function deleteAlias(call: Call): void {
  const indices = call.cluster.targets(part(call, 'index')).map(({ index }) => index);
  for (const change of removeAlias(indices, part(call, 'name'))) change();
}

function part({ path }: Call, name: string): string {
  const value = path[name];
  if (value === undefined) throw illegalArgument(`the path has no ${name}`);
  return value;
}

function jsonBody({ text }: Call): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest('json_parse_exception', `the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function jsonObject(call: Call): JsonObject {
  const body = jsonBody(call) ?? {};
  if (!isJsonObject(body)) throw parsingError('Expected [START_OBJECT] but found a value');
  return body;
}
