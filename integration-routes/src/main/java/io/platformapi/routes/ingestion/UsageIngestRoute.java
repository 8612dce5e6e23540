package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.RouteIds;
import org.apache.camel.builder.RouteBuilder;

/** From the usage topic into the tenants' ledgers. */
final class UsageIngestRoute extends RouteBuilder {
  static final String ENDPOINT = "usage.ingest.endpoint";

  private final IngestStep step;

  UsageIngestRoute(IngestStep step) {
    this.step = step;
  }

  @Override
  public void configure() {
    from("{{" + ENDPOINT + "}}").routeId(RouteIds.USAGE_INGEST).process(step);
  }
}
