package io.platformapi.service.auth;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.AuthAudit.Refusal;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.UnauthenticatedException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves every refusal in the audit log, the metric and, for debugging, the log. */
public final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final AuthAudit audit;
  private final MeterRegistry meters;

  public Refusals(AuthAudit audit, MeterRegistry meters) {
    this.audit = audit;
    this.meters = meters;
  }

  /** Nobody is known: there is no credential, or it is not valid. */
  void unauthenticated(UnauthenticatedException refused, Attempt attempt) {
    boolean presented = refused.presented();
    keep(
        presented ? Reason.INVALID_CREDENTIAL : Reason.NO_CREDENTIAL,
        presented ? refused.getMessage() : null,
        null,
        new Claim(null, null, null, attempt));
  }

  /** Somebody may not act here at all; nothing is said of why. */
  ForbiddenException misplaced(Reason reason, Claim claim) {
    keep(reason, null, null, claim);
    return new ForbiddenException("the credential may not act here");
  }

  /**
   * Somebody may not do this.
   *
   * @param message what exactly; the caller reads it
   */
  ForbiddenException forbidden(Reason reason, String message, Claim claim) {
    keep(reason, message, null, claim);
    return new ForbiddenException(message);
  }

  /**
   * Keeps a refusal.
   *
   * @param ruling answer of the policy, or null when it was not asked
   */
  void keep(Reason reason, String message, Ruling ruling, Claim claim) {
    meters.counter("auth.refused", "reason", reason.name().toLowerCase(Locale.ROOT)).increment();
    Identity identity = claim.identity();
    RequestContext request = claim.attempt().request();
    Refusal refusal =
        new Refusal(
            reason,
            message,
            ruling,
            identity == null ? null : identity.subject(),
            identity == null ? null : identity.clientId(),
            claim.tenant() == null ? null : claim.tenant().id(),
            request.tenantId(),
            request.platformId(),
            claim.user() == null ? null : claim.user().id(),
            request.userId(),
            claim.attempt().method(),
            claim.attempt().path(),
            request.requestId());
    LOG.debug("{}", refusal);
    audit.refused(refusal);
  }
}
