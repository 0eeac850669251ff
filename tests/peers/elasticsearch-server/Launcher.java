import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts one node of Elasticsearch's server core from its published jars. */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    LogConfigurator.configureESLogging();
    Path home = Path.of(arguments[0]).toAbsolutePath();
    Files.createDirectories(home.resolve("plugins"));
    Settings.Builder settings =
        Settings.builder()
            .put("path.home", home)
            .put("path.data", arguments[3])
            .put("cluster.name", "peers")
            .put("node.name", "peer")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", arguments[2])
            .put("discovery.type", "single-node")
            .put("node.processors", 1)
            .putList("node.roles", "master", "data", "ingest")
            .put("http.max_content_length", "1mb");
    Environment environment =
        new Environment(settings.build(), Files.createDirectories(home.resolve("config")));
    PluginsLoader plugins =
        PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir(), false),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir(), false),
            Map.of(),
            false);
    Node node = new Node(environment, plugins) {};
    node.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    node.close();
                  } catch (Exception error) {
                    error.printStackTrace();
                  }
                }));
    Thread.currentThread().join();
  }
}
