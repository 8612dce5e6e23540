package io.platformapi.service.audit;

import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.auth.Ruling;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Keeps refused requests in the platform's audit log. */
public final class RefusalAudit implements AuthAudit {
  /** Who is not known to be anybody. */
  static final String ANONYMOUS = "anonymous";

  private static final int MAX_TARGET = 300;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final AttemptLog log;

  public RefusalAudit(AttemptLog log) {
    this.log = log;
  }

  @Override
  public void refused(Refusal refusal) {
    log.keep(event(refusal));
  }

  private static AuditEvent event(Refusal refusal) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("reason", refusal.reason().name().toLowerCase(Locale.ROOT));
    putPresent(details, "message", refusal.message());
    putRuling(details, refusal.ruling());
    putPresent(details, "clientId", refusal.clientId());
    putPresent(details, "askedTenant", refusal.askedTenant());
    putPresent(details, "askedPlatform", refusal.askedPlatform());
    putPresent(details, "user", refusal.user());
    putPresent(details, "askedUser", refusal.askedUser());
    return new AuditEvent(
        refusal.actor() == null ? ANONYMOUS : refusal.actor(),
        AuditAction.ACCESS_REFUSED,
        plain(refusal.method() + " " + refusal.path()),
        refusal.ownTenant(),
        refusal.requestId(),
        details);
  }

  /** The path is the caller's word: bounded, and nothing that text in PostgreSQL cannot hold. */
  private static String plain(String text) {
    String visible = CONTROL.matcher(text).replaceAll("?");
    return visible.substring(0, Math.min(visible.length(), MAX_TARGET));
  }

  private static void putRuling(Map<String, Object> details, Ruling ruling) {
    if (ruling == null) {
      return;
    }
    putPresent(details, "decision", ruling.reason());
    putPresent(details, "rule", ruling.rule());
    putPresent(details, "policyVersion", ruling.version());
    if (!ruling.errors().isEmpty()) {
      details.put("errors", ruling.errors());
    }
  }

  private static void putPresent(Map<String, Object> details, String name, String value) {
    if (value != null) {
      details.put(name, value);
    }
  }
}
