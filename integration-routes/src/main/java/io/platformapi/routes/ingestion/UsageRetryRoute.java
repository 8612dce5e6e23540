package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.RouteIds;
import org.apache.camel.builder.RouteBuilder;

/** From the retry topic into the ledgers of tenants whose database was down. */
final class UsageRetryRoute extends RouteBuilder {
  static final String ENDPOINT = "usage.retry.endpoint";

  private final RetryStep step;

  UsageRetryRoute(RetryStep step) {
    this.step = step;
  }

  @Override
  public void configure() {
    from("{{" + ENDPOINT + "}}").routeId(RouteIds.USAGE_RETRY).process(step);
  }
}
