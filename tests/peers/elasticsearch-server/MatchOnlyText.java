import java.util.Map;
import org.elasticsearch.index.mapper.Mapper;
import org.elasticsearch.index.mapper.TextFieldMapper;
import org.elasticsearch.plugins.MapperPlugin;
import org.elasticsearch.plugins.Plugin;

/** The type of field that a failure index is made with, as ordinary text. */
public class MatchOnlyText extends Plugin implements MapperPlugin {
  @Override
  public Map<String, Mapper.TypeParser> getMappers() {
    return Map.of("match_only_text", TextFieldMapper.PARSER);
  }
}
