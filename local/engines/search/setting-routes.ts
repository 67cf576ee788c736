import { isJsonObject } from '../../../shared/services/opensearch/json.ts';
import { illegalArgument } from './api-error.ts';
import { clusterHealth, describeSettings } from './cluster-info.ts';
import type { Route } from './route.ts';

const expandParameters = ['ignore_unavailable', 'allow_no_indices', 'expand_wildcards'];

/** How the cluster is doing, and settings of indices that are there already. */
export const settingRoutes: readonly Route[] = [
  {
    methods: ['GET'],
    paths: ['/_cluster/health'],
    parameters: ['timeout', 'level'],
    handle: ({ cluster }) => ok(clusterHealth(cluster)),
  },
  {
    methods: ['GET'],
    paths: ['/_settings', '/:index/_settings'],
    parameters: [...expandParameters, 'flat_settings'],
    handle: (call) => ok(describeSettings(call)),
  },
  {
    methods: ['PUT'],
    paths: ['/:index/_settings'],
    parameters: [...expandParameters, 'timeout', 'cluster_manager_timeout', 'master_timeout'],
    handle: ({ cluster, path, text }) => {
      const settings: unknown = JSON.parse(text);
      if (path.index === undefined || !isJsonObject(settings)) throw illegalArgument('settings are a JSON object');
      cluster.updateSettings(path.index, settings);
      return ok({ acknowledged: true });
    },
  },
];

function ok(body: unknown) {
  return { status: 200, json: JSON.stringify(body) };
}
