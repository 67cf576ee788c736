/** Real OpenSearch in a container, one node, without the security plugin. */
import type { Engine } from '../engine.ts';
import { startContainer } from './container.ts';
import { engineImages } from './images.ts';

/** @throws {ContainersUnavailable} when there is no container engine or no image; {Error} when it does not come up. */
export async function startSearchContainer({ port }: { readonly port: number }): Promise<Engine> {
  const { url, image, stop } = await startContainer({
    image: engineImages.search,
    port,
    containerPort: 9200,
    // As the page "Docker" of the OpenSearch documentation names them.
    environment: {
      'discovery.type': 'single-node',
      DISABLE_INSTALL_DEMO_CONFIG: 'true',
      DISABLE_SECURITY_PLUGIN: 'true',
      DISABLE_PERFORMANCE_ANALYZER_AGENT_CLI: 'true',
      OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx512m',
      // It would refuse to place shards on a disk that is nearly full.
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
    },
    memoryGb: 1.5,
    ready: { path: '/_cluster/health?wait_for_status=yellow&timeout=1s', status: 200 },
  });
  return { service: 'OpenSearch', backedBy: `OpenSearch in a container of ${image}`, url, stop };
}
