package io.platformapi.service.user;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Writes down what happened to a user, in the transaction of the change: an audit row and an event.
 * Both name fields, never their values, since those are personal; only roles are told in the audit.
 */
final class UserJournal {
  private final AuditLog audit;
  private final OutboxWriter outbox;

  UserJournal(AuditLog audit, OutboxWriter outbox) {
    this.audit = audit;
    this.outbox = outbox;
  }

  /**
   * @param how what made the user, {@code api} or {@code jit}
   */
  void created(Origin origin, UUID id, Profile profile, List<String> given, String how) {
    Map<String, Object> details = details(given);
    details.put("provisioning", how);
    roles(details, Set.of(), profile.roles());
    write(AuditAction.USER_CREATED, origin, id, profile.subject(), given, details);
  }

  /** Writes nothing of a change that changes nothing. */
  void changed(Origin origin, UUID id, Profile before, Profile after) {
    List<String> status = List.of("status");
    List<String> others =
        before.changedIn(after).stream().filter(name -> !status.contains(name)).toList();
    if (!others.isEmpty()) {
      Map<String, Object> details = details(others);
      roles(details, before.roles(), after.roles());
      write(AuditAction.USER_UPDATED, origin, id, after.subject(), others, details);
    }
    if (before.status() != after.status()) {
      AuditAction action =
          after.status() == UserStatus.ACTIVE
              ? AuditAction.USER_RESUMED
              : AuditAction.USER_SUSPENDED;
      write(action, origin, id, after.subject(), status, details(status));
    }
  }

  void deleted(Origin origin, UUID id, Profile before) {
    Map<String, Object> details = details(List.of());
    roles(details, before.roles(), Set.of());
    write(AuditAction.USER_DELETED, origin, id, before.subject(), List.of(), details);
  }

  private void write(
      AuditAction action,
      Origin origin,
      UUID id,
      String subject,
      List<String> changed,
      Map<String, Object> details) {
    audit.record(
        new AuditEvent(
            origin.actor(), action, "user/" + id, origin.tenantId(), origin.requestId(), details));
    outbox.write(
        new OutboxEvent(
            action.code(),
            origin.tenantId(),
            origin.platformId(),
            origin.requestId(),
            origin.actor(),
            new Payload(id, subject, changed)));
  }

  private static Map<String, Object> details(List<String> changed) {
    Map<String, Object> details = new LinkedHashMap<>();
    if (!changed.isEmpty()) {
      details.put("changed", changed);
    }
    return details;
  }

  private static void roles(Map<String, Object> details, Set<String> before, Set<String> after) {
    note(details, "rolesAdded", after, before);
    note(details, "rolesRemoved", before, after);
  }

  private static void note(
      Map<String, Object> details, String name, Set<String> some, Set<String> others) {
    SortedSet<String> only = new TreeSet<>(some);
    only.removeAll(others);
    if (!only.isEmpty()) {
      details.put(name, only);
    }
  }

  /**
   * Payload of the events {@code user.*}.
   *
   * @param changed names of the fields that changed, of a new user those that were given
   */
  private record Payload(UUID id, String subject, List<String> changed) {}
}
