package io.platformapi.routes.gateway.provider;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.KongServer;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ProviderClientTest {
  private final KongServer kong = new KongServer();
  private final Gateway gateway =
      kong.gateway(
          upstream ->
              ModelProvider.named(upstream.substring("provider-".length()))
                  .map(provider -> provider.credential(KongServer.SECRET))
                  .orElse(Map.of()));

  @AfterEach
  void stop() {
    kong.close();
  }

  @ParameterizedTest
  @CsvSource({
    "OPENAI, /v1/models, Authorization, Bearer s3cret-of-ours, data",
    "ANTHROPIC, /v1/models?limit=1000, x-api-key, s3cret-of-ours, data",
    "GOOGLE, /v1beta/models?pageSize=1000, x-goog-api-key, s3cret-of-ours, models",
    "GROQ, /openai/v1/models, Authorization, Bearer s3cret-of-ours, data"
  })
  void eachIsAskedForItsModelsInItsOwnWay(
      ModelProvider provider, String path, String header, String value, String list) {
    kong.wireMock()
        .stubFor(
            get(urlEqualTo("/provider-" + provider.id() + path))
                .withHeader(header, equalTo(value))
                .willReturn(
                    okJson("{\"%s\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}".formatted(list))));
    assertThat(client(provider).models()).isEqualTo(2);
    assertThat(kong.asked().get(0).getUrl()).doesNotContain(KongServer.SECRET);
    assertThat(kong.asked().get(0).getHeader("anthropic-version"))
        .isEqualTo(provider == ModelProvider.ANTHROPIC ? "2023-06-01" : null);
    assertThat(
            kong.meters()
                .get("platform.gateway.requests")
                .tags("upstream", "provider-" + provider.id(), "outcome", "2xx")
                .timer()
                .count())
        .isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "OPENAI, 401, REFUSED_CREDENTIAL",
    "ANTHROPIC, 403, REFUSED_CREDENTIAL",
    "GOOGLE, 400, REFUSED_CREDENTIAL",
    "OPENAI, 400, INVALID",
    "GROQ, 429, UNAVAILABLE",
    "GROQ, 500, FAILED",
    "GROQ, 502, UNAVAILABLE",
    "OPENAI, 307, FAILED"
  })
  void whatIsNoListIsNamedAndNothingIsSaidOfTheKey(ModelProvider provider, int status, Kind kind) {
    kong.recordLog();
    kong.wireMock()
        .stubFor(
            any(anyUrl())
                .willReturn(
                    aResponse()
                        .withStatus(status)
                        .withHeader("Location", "http://127.0.0.1:1/" + KongServer.SECRET)
                        .withBody("Incorrect API key provided: " + KongServer.SECRET)));
    assertThat(failure(provider).kind()).isEqualTo(kind);
    assertNothingOfTheKey(failure(provider));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>s3cret-of-ours", "", "null", "7", "{}", "{\"data\": {}}"})
  void aSuccessThatIsNoListIsAFailure(String body) {
    kong.recordLog();
    kong.wireMock().stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200).withBody(body)));
    UpstreamException failure = failure(ModelProvider.OPENAI);
    assertThat(failure.kind()).isEqualTo(Kind.FAILED);
    assertNothingOfTheKey(failure);
  }

  @Test
  void aListTooLargeIsNotRead() {
    kong.wireMock()
        .stubFor(
            any(anyUrl())
                .willReturn(aResponse().withStatus(200).withBody("x".repeat((4 << 20) + 1))));
    assertThat(failure(ModelProvider.GROQ).kind()).isEqualTo(Kind.TOO_LARGE);
  }

  @Test
  void oneThatIsAwayIsLeftAloneAndTheOthersAreNot() {
    kong.wireMock()
        .stubFor(
            any(urlEqualTo("/provider-openai/v1/models")).willReturn(aResponse().withStatus(502)));
    kong.wireMock()
        .stubFor(
            any(urlEqualTo("/provider-groq/openai/v1/models"))
                .willReturn(okJson("{\"data\": []}")));
    failure(ModelProvider.OPENAI);
    // Three attempts a call: the circuit opens in the second.
    failure(ModelProvider.OPENAI);
    assertThat(circuit("provider-openai")).isOne();
    assertThat(client(ModelProvider.GROQ).models()).isZero();
    assertThat(circuit("provider-groq")).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aProviderIsFoundByItsNameInTheConfiguration(ModelProvider provider) {
    assertThat(ModelProvider.named(provider.id())).contains(provider);
    assertThat(ModelProvider.named(provider.name())).isEmpty();
  }

  private double circuit(String upstream) {
    return kong.meters()
        .get("platform.gateway.circuit.open")
        .tag("upstream", upstream)
        .gauge()
        .value();
  }

  private ProviderClient client(ModelProvider provider) {
    return new ProviderClient(gateway, provider, "/provider-" + provider.id());
  }

  private UpstreamException failure(ModelProvider provider) {
    return catchThrowableOfType(UpstreamException.class, () -> client(provider).models());
  }

  private void assertNothingOfTheKey(UpstreamException failure) {
    for (Throwable link = failure; link != null; link = link.getCause()) {
      assertThat(link).hasMessageNotContaining(KongServer.SECRET);
    }
    assertThat(kong.logged()).noneMatch(line -> line.contains(KongServer.SECRET));
  }
}
