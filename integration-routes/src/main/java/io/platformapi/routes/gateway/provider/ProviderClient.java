package io.platformapi.routes.gateway.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.UpstreamClient;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Tests a provider of models: whether it answers, and whether it takes our key. Costs nothing. */
public final class ProviderClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final JsonMapper JSON = new JsonMapper();

  private final UpstreamClient client;
  private final ModelProvider provider;

  /**
   * @param path the provider's path at Kong
   */
  public ProviderClient(Gateway gateway, ModelProvider provider, String path) {
    this.client = new UpstreamClient(gateway, path);
    this.provider = provider;
  }

  /**
   * How many models our key may use; of more than 1,000 the first page.
   *
   * @throws UpstreamException REFUSED_CREDENTIAL when the key is not taken
   */
  public int models() {
    GatewayRequest request = client.get(provider.models()).within(TIMEOUT);
    for (Map.Entry<String, String> header : provider.headers().entrySet()) {
      request = request.with(header.getKey(), header.getValue());
    }
    JsonNode models = read(request).path(provider.list());
    if (!models.isArray()) {
      throw UpstreamException.somethingElse(request);
    }
    return models.size();
  }

  private JsonNode read(GatewayRequest request) {
    try {
      return JSON.readTree(client.send(request));
    } catch (IOException e) {
      // What Jackson says may quote the answer.
      throw UpstreamException.somethingElse(request);
    } catch (UpstreamException e) {
      // Google answers 400 to a key that it does not know; there is nothing else to find fault
      // with.
      if (provider == ModelProvider.GOOGLE && e.kind() == Kind.INVALID) {
        throw new UpstreamException(Kind.REFUSED_CREDENTIAL, e.getMessage(), e);
      }
      throw e;
    }
  }
}
