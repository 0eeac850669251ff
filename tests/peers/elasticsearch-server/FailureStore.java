import java.util.Set;
import org.elasticsearch.cluster.metadata.DataStream;
import org.elasticsearch.features.FeatureSpecification;
import org.elasticsearch.features.NodeFeature;

/** Says that this node has failure stores, which a module outside of the published jars says otherwise. */
public class FailureStore implements FeatureSpecification {
  @Override
  public Set<NodeFeature> getFeatures() {
    return Set.of(DataStream.DATA_STREAM_FAILURE_STORE_FEATURE);
  }
}
