package io.platformapi.service.http;

import jakarta.ws.rs.core.Response;

/** What is known of an Idempotency-Key when a request claims it. */
public sealed interface IdempotencyClaim {

  /** The key is new and now belongs to this request. */
  record Fresh() implements IdempotencyClaim {}

  /** The same request came before and has no answer yet: it runs still, or died; resume it. */
  record Unanswered() implements IdempotencyClaim {}

  /** The key came before with another request. */
  record Reused() implements IdempotencyClaim {}

  /** The same request was answered before. */
  record Answered(Response replay) implements IdempotencyClaim {}
}
