package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tenant a request with an API key is for; keys of the test: {@code pak_<tenant>}. */
@ExtendWith(DropwizardExtensionsSupport.class)
class ApiKeyCallerTest {
  private static final DropwizardAppExtension<Configuration> APP =
      new DropwizardAppExtension<>(
          AccessApplication.class,
          (String) null,
          ConfigOverride.config("server.applicationConnectors[0].port", "0"),
          ConfigOverride.config("server.adminConnectors[0].port", "0"));

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // path, tenant of the key, X-Tenant-Id, X-Platform-Id, status, code, refusal in the audit
        "/quotas, acme, -, -, 200, -, -",
        "/quotas, acme, acme, default, 200, -, -",
        "/tenants, acme, -, -, 200, -, -",
        "/quotas, acme, globex, -, 403, forbidden, TENANT_MISMATCH",
        "/tenants, acme, globex, -, 403, forbidden, TENANT_MISMATCH",
        "/quotas, acme, -, eu, 403, forbidden, PLATFORM_MISMATCH",
        "/quotas, globex, -, eu, 200, -, -",
        "/quotas, gone, -, -, 403, forbidden, UNKNOWN_TENANT",
        "/quotas, gone, gone, -, 403, forbidden, UNKNOWN_TENANT",
        "/quotas, frozen, -, -, 403, tenant_suspended, TENANT_SUSPENDED",
        "/tenants, frozen, -, -, 403, tenant_suspended, TENANT_SUSPENDED",
        "/quotas, young, -, -, 503, unavailable, -",
      })
  void aKeyActsForItsOwnTenantAloneWhateverItsScopesSay(
      String path,
      String tenant,
      String asked,
      String platform,
      int status,
      String code,
      AuthAudit.Reason refusal)
      throws Exception {
    AccessApplication app = APP.getApplication();
    app.refusals().clear();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + APP.getLocalPort() + path))
            .header("Authorization", "Bearer pak_" + tenant);
    if (asked != null) {
      request.header("X-Tenant-Id", asked);
    }
    if (platform != null) {
      request.header("X-Platform-Id", platform);
    }
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode body = new ObjectMapper().readTree(answer.body());
    if (code == null) {
      assertThat(body.path("tenant").asText()).isEqualTo(tenant);
      assertThat(body.path("subject").asText()).isEqualTo("api_key:key-1");
    } else {
      assertThat(body.path("error").path("code").asText()).isEqualTo(code);
    }
    if (refusal == null) {
      assertThat(app.refusals()).isEmpty();
    } else {
      assertThat(app.refusals()).hasSize(1);
      assertThat(app.refusals().get(0).reason()).isEqualTo(refusal);
      assertThat(app.refusals().get(0).actor()).isEqualTo("api_key:key-1");
    }
  }
}
