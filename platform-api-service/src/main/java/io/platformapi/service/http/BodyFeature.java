package io.platformapi.service.http;

import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;

/** Gives every endpoint the limit of its body and, unless it streams, the Idempotency-Key. */
final class BodyFeature implements DynamicFeature {
  private static final long ORDINARY_BYTES = 1L << 20;

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    StreamedBody streamed = resource.getResourceMethod().getAnnotation(StreamedBody.class);
    if (streamed != null) {
      context.register(new BodyLimitFilter(streamed.maximumBytes()), Priorities.ENTITY_CODER);
    } else {
      context.register(new BodyLimitFilter(ORDINARY_BYTES), Priorities.ENTITY_CODER);
      context.register(new IdempotencyKeyFilter(), Priorities.ENTITY_CODER + 1);
    }
  }
}
