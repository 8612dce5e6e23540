package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dashboards and alerts ask for meters that the operations page knows. */
class DashboardTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern METER = Pattern.compile("platform_[a-z_]+");

  @Test
  void everyMeterOfADashboardIsOnTheOperationsPage() throws IOException {
    List<String> expressions = new ArrayList<>();
    try (Stream<Path> files = Files.list(DOCS.resolve("dashboards"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
        dashboard.findValuesAsText("expr", expressions);
      }
    }
    JsonNode alerts =
        new ObjectMapper(new YAMLFactory())
            .readTree(DOCS.resolve("dashboards").resolve("alerts.yml").toFile());
    alerts.findValuesAsText("expr", expressions);
    assertThat(expressions).hasSizeGreaterThan(10);
    String operations = Files.readString(DOCS.resolve("02-Operations.md"));
    for (String expression : expressions) {
      Matcher meters = METER.matcher(expression);
      assertThat(meters.find()).as(expression).isTrue();
      meters.reset();
      while (meters.find()) {
        // The page names a timer without its parts.
        assertThat(operations).contains("`" + meters.group().replaceAll("_(count|sum)$", "") + "`");
      }
    }
  }
}
