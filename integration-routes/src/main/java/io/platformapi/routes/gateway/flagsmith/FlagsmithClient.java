package io.platformapi.routes.gateway.flagsmith;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.UpstreamClient;
import io.platformapi.routes.gateway.UpstreamException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Flagsmith's SDK API as far as the environment document goes (a running 2.265.0). It is asked
 * without conditions: there is no ETag, and what is answered to If-Modified-Since may be wrong.
 */
public final class FlagsmithClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  // Identity overrides stand in the document, one for each identity and feature.
  private static final int MAX_DOCUMENT_BYTES = 16 << 20;

  private final UpstreamClient client;
  // Bound while it is read: what is not asked for is skipped and takes no memory.
  private final ObjectReader reader =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build()
          .readerFor(Document.class);

  /**
   * @param path Flagsmith's path at Kong
   */
  public FlagsmithClient(Gateway gateway, String path) {
    this.client = new UpstreamClient(gateway, path);
  }

  /**
   * The environment that our key is for.
   *
   * @throws UpstreamException REFUSED_CREDENTIAL when it is none, or one for clients
   */
  public FlagsmithEnvironment environment() {
    GatewayRequest request =
        client.get("/api/v1/environment-document/").within(TIMEOUT).upTo(MAX_DOCUMENT_BYTES);
    byte[] body = client.send(request);
    try {
      Document document = reader.readValue(body);
      if (document != null) {
        return new FlagsmithEnvironment(
            document.id(),
            document.name(),
            document.project().id(),
            document.project().name(),
            document.featureStates().size());
      }
    } catch (JacksonException e) {
      // What Jackson says may quote the answer.
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be read", e);
    }
    throw UpstreamException.somethingElse(request);
  }

  private record Document(
      @JsonProperty("id") long id,
      @JsonProperty("name") String name,
      @JsonProperty("project") Project project,
      @JsonProperty("feature_states") List<FeatureState> featureStates) {}

  private record Project(@JsonProperty("id") long id, @JsonProperty("name") String name) {}

  private record FeatureState(@JsonProperty("enabled") boolean enabled) {}
}
