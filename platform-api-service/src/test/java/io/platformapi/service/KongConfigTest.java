package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/kong/kong.yml says only what Kong's own plugin schemas know. */
class KongConfigTest {
  private static final Path CONFIG = Path.of("../docs/kong/kong.yml");

  @Test
  void everyPluginSettingFitsThePluginsSchema() throws Exception {
    JsonNode plugins = new YAMLMapper().readTree(CONFIG.toFile()).get("plugins");

    assertThat(plugins).isNotEmpty();
    for (JsonNode plugin : plugins) {
      JsonNode schema = schema(plugin.get("name").asText());
      for (Map.Entry<String, JsonNode> setting : plugin.get("config").properties()) {
        JsonNode field = field(schema, setting.getKey());
        assertThat(field).as("%s of %s", setting.getKey(), plugin.get("name")).isNotNull();
        assertFits(field, setting.getValue());
      }
    }
  }

  private static void assertFits(JsonNode field, JsonNode value) {
    switch (field.get("type").asText()) {
      case "boolean" -> assertThat(value.isBoolean()).isTrue();
      case "integer" -> assertThat(value.isIntegralNumber()).isTrue();
      case "string" -> assertThat(value.isTextual()).isTrue();
      default -> throw new AssertionError("no rule for " + field);
    }
    if (field.has("one_of")) {
      assertThat(field.get("one_of")).contains(value);
    }
  }

  private static JsonNode field(JsonNode fields, String name) {
    for (JsonNode field : fields) {
      if (field.has(name)) {
        return field.get(name);
      }
    }
    return null;
  }

  private static JsonNode schema(String plugin) throws IOException {
    try (InputStream in = KongConfigTest.class.getResourceAsStream("/kong/" + plugin + ".json")) {
      assertThat(in).as("the schema of " + plugin).isNotNull();
      return field(new ObjectMapper().readTree(in).get("fields"), "config").get("fields");
    }
  }
}
