package io.platformapi.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@ExtendWith(DropwizardExtensionsSupport.class)
class ExportTest {
  private static final DropwizardAppExtension<Configuration> APP =
      new DropwizardAppExtension<>(
          RulesApplication.class,
          (String) null,
          ConfigOverride.config("server.applicationConnectors[0].port", "0"),
          ConfigOverride.config("server.adminConnectors[0].port", "0"));

  private final HttpClient client = HttpClient.newHttpClient();

  @ParameterizedTest
  @CsvSource({"0", "1", "999", "1000", "1001", "2500"})
  void everythingIsInOneFile(int items) throws Exception {
    HttpResponse<String> csv = get("/things/export?items=" + items, "text/csv");
    assertThat(csv.statusCode()).isEqualTo(200);
    String[] lines = csv.body().split("\r\n");
    assertThat(lines).hasSize(items + 1);
    assertThat(lines[0]).isEqualTo("number,name");
    for (int i = 1; i <= items; i++) {
      assertThat(lines[i]).isEqualTo(i + ",thing " + i);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/csv                             | true",
        "text/csv, */*;q=0.1                  | true",
        "text/*                               | true",
        "text/csv;q=0.5, application/json     | false",
        "*/*                                  | false",
        "application/json                     | false"
      })
  void csvIsForWhoPrefersIt(String accept, boolean csv) throws Exception {
    assertThat(get("/things/export?items=1", accept).headers().firstValue("Content-Type"))
        .get()
        .asString()
        .startsWith(csv ? "text/csv" : "application/json");
  }

  @Test
  void whatFailsAtOnceHasTheEnvelope() throws Exception {
    HttpResponse<String> answer = get("/things/export?items=5&failAfter=0", "text/csv");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"unavailable\"");
  }

  /** A file that is cut off must not look like a whole one. */
  @ParameterizedTest
  @ValueSource(ints = {1000, 5000})
  void whatFailsLaterBreaksTheConnection(int failAfter) {
    assertThatThrownBy(() -> get("/things/export?items=9000&failAfter=" + failAfter, "text/csv"))
        .isInstanceOf(IOException.class);
  }

  private HttpResponse<String> get(String path, String accept)
      throws IOException, InterruptedException {
    URI url = URI.create("http://localhost:" + APP.getLocalPort() + path);
    return client.send(
        HttpRequest.newBuilder(url).header("Accept", accept).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
