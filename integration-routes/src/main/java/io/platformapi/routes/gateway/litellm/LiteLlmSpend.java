package io.platformapi.routes.gateway.litellm;

import com.fasterxml.jackson.core.JsonFactory;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.UpstreamClient;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.io.IOException;

/** LiteLLM's spend log: the gateway's own book, one row for each call that it counted. */
public final class LiteLlmSpend {
  private final UpstreamClient client;
  private final SpendLimits limits;
  private final JsonFactory json = LiteLlmJson.factory();

  /**
   * @param path LiteLLM's path at Kong
   */
  public LiteLlmSpend(Gateway gateway, String path) {
    this(gateway, path, SpendLimits.USUAL);
  }

  public LiteLlmSpend(Gateway gateway, String path, SpendLimits limits) {
    this.client = new UpstreamClient(gateway, path);
    this.limits = limits;
  }

  /** Begins to read; nothing is asked before the first page is. */
  public SpendPages read(SpendQuery query) {
    return new SpendPages(this, query, limits);
  }

  /**
   * Asks for one page. Both ends of the window belong to it: that is how LiteLLM compares.
   *
   * @throws UpstreamException when there is no such page
   */
  SpendAnswer page(SpendQuery query, SpendWindow window, int page, int pageSize) {
    StringBuilder path = new StringBuilder("/spend/logs/v2?start_date=");
    path.append(UpstreamClient.encoded(LiteLlmTimes.parameter(window.from())))
        .append("&end_date=")
        .append(UpstreamClient.encoded(LiteLlmTimes.parameter(window.to())))
        .append("&page=")
        .append(page)
        .append("&page_size=")
        .append(pageSize)
        .append("&sort_by=startTime&sort_order=asc");
    if (query.teamId() != null) {
      path.append("&team_id=").append(UpstreamClient.encoded(query.teamId()));
    }
    GatewayRequest request =
        client
            .get(path.toString())
            .within(limits.timeout())
            .upTo(limits.maxResponseBytes())
            .onBehalfOf(query.requestId(), null);
    byte[] body = client.send(request);
    try {
      return SpendAnswer.read(body, json);
    } catch (IOException e) {
      // What Jackson says may quote the answer.
      throw new UpstreamException(Kind.FAILED, request + " was answered with no page of rows");
    }
  }
}
