package io.platformapi.service.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.IdentityHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthzenReaderTest {
  private final ObjectMapper mapper = new ObjectMapper();
  private final AuthzenReader reader = new AuthzenReader(mapper);

  @Test
  void aDefaultIsReadOnceHoweverManyQuestionsTakeIt() throws Exception {
    JsonNode defaults =
        mapper.readTree(
            """
            {"subject": {"type": "user", "id": "ann", "properties": {"team": ["a", "b"]}},
             "action": {"name": "read"}}""");
    JsonNode item = mapper.readTree("{\"resource\": {\"type\": \"record\", \"id\": \"1\"}}");
    Map<JsonNode, Map<String, Object>> known = new IdentityHashMap<>();
    CheckRequest one = reader.question(reader.merged(defaults, item), known);
    CheckRequest other = reader.question(reader.merged(defaults, item), known);
    assertThat(one.subject().attributes()).containsOnlyKeys("team");
    assertThat(other.subject().attributes()).isSameAs(one.subject().attributes());
  }
}
