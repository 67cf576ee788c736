import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One OpenSearch node with the modules that the runner brings: `OpenSearchMain DATA_FOLDER HOST PORT`.
 *
 * The runner's own main swallows what goes wrong and ends.
 */
public final class OpenSearchMain {
  public static void main(String[] args) throws InterruptedException {
    String folder = args[0];
    String host = args[1];
    int port = Integer.parseInt(args[2]);
    OpenSearchRunner runner = new OpenSearchRunner();
    // By default it takes ports up to 9299 only.
    runner.setMaxHttpPort(65535);
    runner.onBuild((node, settings) -> {
      settings.put("network.host", host);
      settings.put("discovery.type", "single-node");
      settings.putList("discovery.seed_hosts", List.of());
      // It would refuse to place shards on a disk that is nearly full.
      settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
    });
    runner.build(
        OpenSearchRunner.newConfigs()
            .basePath(folder)
            .clusterName("tributary")
            .numOfNode(1)
            // The runner adds the node's number, from 1.
            .baseHttpPort(port - 1));
    runner.ensureYellow();
    new CountDownLatch(1).await();
  }
}
