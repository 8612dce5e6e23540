package io.platformapi.service.auth;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.AuthAudit.Refusal;
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
    Reason reason = refused.presented() ? Reason.INVALID_CREDENTIAL : Reason.NO_CREDENTIAL;
    keep(reason, refused.presented() ? refused.getMessage() : null, null, null, null, attempt);
  }

  /**
   * Somebody may not do this here.
   *
   * @param ownTenant tenant the credential belongs to, or null
   * @param message what exactly, or null
   */
  void forbidden(
      Reason reason, String message, Identity identity, String ownTenant, Attempt attempt) {
    keep(reason, message, identity.subject(), identity.clientId(), ownTenant, attempt);
  }

  private void keep(
      Reason reason,
      String message,
      String actor,
      String clientId,
      String ownTenant,
      Attempt attempt) {
    meters.counter("auth.refused", "reason", reason.name().toLowerCase(Locale.ROOT)).increment();
    LOG.debug("refused {} for subject {}: {}", reason, actor, message);
    audit.refused(
        new Refusal(
            reason,
            message,
            actor,
            clientId,
            ownTenant,
            attempt.request().tenantId(),
            attempt.request().platformId(),
            attempt.method(),
            attempt.path(),
            attempt.request().requestId()));
  }
}
