package io.platformapi.service.tenant;

import io.platformapi.service.persistence.DatabaseAddress;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A row of {@code tenant_databases}: how far the making of a tenant's database is. */
@Entity
@Table(name = "tenant_databases")
public class TenantDatabase {
  static final String PREFIX = "t_";

  private static final String CREATING = "creating";
  private static final String READY = "ready";
  private static final String FAILED = "failed";

  @Id private String tenantId;
  private String server;
  private String name;
  private String state;
  private int attempts;
  private String failure;
  private String actor;
  private String requestId;
  private String requestScope;
  private String requestKey;
  private Instant createdAt;
  private Instant updatedAt;

  protected TenantDatabase() {}

  /** A name that no database has had. */
  static String newName() {
    return PREFIX + UUID.randomUUID().toString().replace("-", "");
  }

  /** Begins again after an attempt that failed. */
  void begin(DatabaseAddress address, CreationRequest request, Instant now) {
    server = address.server();
    name = address.name();
    state = CREATING;
    attempts = 0;
    failure = null;
    actor = request.actor();
    requestId = request.requestId();
    requestScope = request.key().map(key -> key.scope()).orElse(null);
    requestKey = request.key().map(key -> key.key()).orElse(null);
    updatedAt = now;
  }

  void attemptFailed(String reason, Instant now) {
    attempts++;
    failure = reason;
    updatedAt = now;
  }

  void failed(Instant now) {
    state = FAILED;
    updatedAt = now;
  }

  boolean isReady() {
    return READY.equals(state);
  }

  boolean isCreating() {
    return CREATING.equals(state);
  }

  String tenantId() {
    return tenantId;
  }

  DatabaseAddress address() {
    return new DatabaseAddress(server, name);
  }

  int attempts() {
    return attempts;
  }

  String actor() {
    return actor;
  }

  String requestId() {
    return requestId;
  }
}
