package io.platformapi.service.audit;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of the audit log. */
@Entity
@Immutable
@Table(name = "audit_events")
public class AuditEntry {
  @Id private UUID id;
  private Instant occurredAt;
  private String actor;
  private String action;
  private String target;
  private String tenantId;
  private String requestId;

  @JdbcTypeCode(SqlTypes.JSON)
  private String details;

  protected AuditEntry() {}

  AuditEntry(UUID id, Instant occurredAt, AuditEvent event, String details) {
    this.id = id;
    this.occurredAt = occurredAt;
    this.actor = event.actor();
    this.action = event.action().code();
    this.target = event.target();
    this.tenantId = event.tenantId();
    this.requestId = event.requestId();
    this.details = details;
  }
}
