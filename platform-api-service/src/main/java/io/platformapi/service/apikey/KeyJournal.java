package io.platformapi.service.apikey;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Tells of each change of a key, in its transaction: to the audit log and to other services. */
final class KeyJournal {
  private final AuditLog audit;
  private final OutboxWriter outbox;

  KeyJournal(AuditLog audit, OutboxWriter outbox) {
    this.audit = audit;
    this.outbox = outbox;
  }

  /**
   * @param key as it is after the change
   */
  void record(AuditAction action, Caller caller, ApiKeyDetails key) {
    Told told = Told.of(key);
    audit.record(
        new AuditEvent(
            caller.subject(),
            action,
            "api-key/" + key.id(),
            key.tenantId(),
            caller.requestId(),
            told.details()));
    outbox.write(
        new OutboxEvent(
            action.code(),
            key.tenantId(),
            caller.platformId(),
            caller.requestId(),
            caller.subject(),
            told));
  }

  /** What others may know of a key. */
  record Told(
      UUID id,
      String name,
      String prefix,
      List<String> scopes,
      Instant expiresAt,
      UUID replacedBy) {

    static Told of(ApiKeyDetails key) {
      return new Told(
          key.id(), key.name(), key.prefix(), key.scopes(), key.expiresAt(), key.replacedBy());
    }

    private Map<String, Object> details() {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("name", name);
      details.put("prefix", prefix);
      details.put("scopes", scopes);
      details.put("expiresAt", expiresAt);
      details.put("replacedBy", replacedBy);
      return details;
    }
  }
}
