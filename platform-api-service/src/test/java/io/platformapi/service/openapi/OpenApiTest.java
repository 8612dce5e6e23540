package io.platformapi.service.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import io.dropwizard.jackson.Jackson;
import io.platformapi.service.openapi.Catalogue.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Keeps docs/openapi.yaml equal to the code; {@code -Dopenapi.write=true} writes it anew.
 *
 * <pre>mvn -pl platform-api-service -am test -Dtest=OpenApiTest -Dopenapi.write=true
 * -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class OpenApiTest {
  private static final String WRITE = "openapi.write";

  @Test
  void theCommittedDocumentIsThatOfTheCode() throws IOException {
    String generated = yaml().writeValueAsString(new OpenApiDocument().build());
    Path file = document();
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(file, generated);
    }
    assertThat(Files.readString(file))
        .as("docs/openapi.yaml; -D%s=true writes it anew", WRITE)
        .isEqualTo(generated);
  }

  @Test
  void exampleRequestsAreWhatTheRecordsTake() throws IOException {
    ObjectMapper strict =
        Jackson.newObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    List<Entry> withBody =
        Catalogue.ENDPOINTS.values().stream().filter(entry -> entry.request() != null).toList();
    assertThat(withBody).isNotEmpty();
    for (Entry entry : withBody) {
      assertThat(strict.readValue(entry.requestExample(), entry.request())).isNotNull();
    }
  }

  private static Path document() {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("docs")) ? here : here.getParent();
    return root.resolve("docs").resolve("openapi.yaml");
  }

  private static ObjectMapper yaml() {
    return new ObjectMapper(
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .stringQuotingChecker(new QuotedStatuses())
            .build());
  }

  /** Statuses are names, and names in YAML that look like numbers would be numbers. */
  private static final class QuotedStatuses extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean needToQuoteName(String name) {
      return name.chars().allMatch(Character::isDigit) || super.needToQuoteName(name);
    }
  }
}
