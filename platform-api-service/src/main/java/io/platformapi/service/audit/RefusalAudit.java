package io.platformapi.service.audit;

import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.persistence.InAdmin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/**
 * Keeps refusals in the platform's audit log. Those that come together share one transaction, so
 * that a flood of bad tokens costs the admin database one connection and few commits.
 */
public final class RefusalAudit implements AuthAudit {
  /** Who is not known to be anybody. */
  static final String ANONYMOUS = "anonymous";

  private static final int MAX_TARGET = 300;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final InAdmin admin;
  private final AuditLog log;
  private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
  private final Object writing = new Object();

  /**
   * @param log of the admin database
   */
  public RefusalAudit(InAdmin admin, AuditLog log) {
    this.admin = admin;
    this.log = log;
  }

  /** Returns when the refusal is in the log. */
  @Override
  public void refused(Refusal refusal) {
    Pending own = new Pending(event(refusal));
    waiting.add(own);
    synchronized (writing) {
      // Whoever held the lock before has perhaps written it already.
      if (!own.tried) {
        writeWaiting();
      }
    }
    if (own.failure != null) {
      throw own.failure;
    }
  }

  private void writeWaiting() {
    List<Pending> together = new ArrayList<>();
    for (Pending next = waiting.poll(); next != null; next = waiting.poll()) {
      together.add(next);
    }
    RuntimeException failure = null;
    try {
      admin.transaction(
          () -> {
            together.forEach(pending -> log.record(pending.event));
            return null;
          });
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Pending pending : together) {
      pending.tried = true;
      pending.failure = failure;
    }
  }

  private static AuditEvent event(Refusal refusal) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("reason", refusal.reason().name().toLowerCase(Locale.ROOT));
    putPresent(details, "message", refusal.message());
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

  private static void putPresent(Map<String, String> details, String name, String value) {
    if (value != null) {
      details.put(name, value);
    }
  }

  /** Guarded by {@link #writing}, which the waiting thread has held after the outcome was set. */
  private static final class Pending {
    private final AuditEvent event;
    private boolean tried;
    private RuntimeException failure;

    Pending(AuditEvent event) {
      this.event = event;
    }
  }
}
