package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import java.util.Map;
import java.util.Optional;

/** What a request's Idempotency-Key says about it. */
final class Known {
  private Known() {}

  /** Empty when the request is new. */
  static Optional<Outcome> of(
      Optional<IdempotentRequest> key, Map<IdempotentRequest, IdempotencyClaim> claims) {
    IdempotencyClaim claim = key.map(claims::get).orElse(null);
    if (claim instanceof IdempotencyClaim.Answered answered) {
      return Optional.of(new Outcome.Replayed(answered.replay()));
    }
    if (claim instanceof IdempotencyClaim.Reused) {
      return Optional.of(new Outcome.Failed(new IdempotencyKeyReusedException()));
    }
    if (claim instanceof IdempotencyClaim.Unanswered) {
      return Optional.of(
          new Outcome.Failed(new ConflictException("a request with this key has no answer yet")));
    }
    return Optional.empty();
  }
}
