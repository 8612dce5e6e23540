package io.platformapi.service.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.SqlPart;
import java.time.Clock;
import org.hibernate.SessionFactory;

/** Records audit events in the transaction of the change: no audit row, no change. */
public final class AuditLog {
  private static final String INSERT =
      """
      INSERT INTO audit_events (id, occurred_at, actor, action, target, tenant_id, request_id, details)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?::jsonb)
      """;

  private final SessionFactory sessions;
  private final ObjectMapper mapper;
  private final Clock clock;

  /**
   * @param sessions of the database whose log this is
   */
  public AuditLog(SessionFactory sessions, ObjectMapper mapper, Clock clock) {
    this.sessions = sessions;
    this.mapper = mapper;
    this.clock = clock;
  }

  public void record(AuditEvent event) {
    sessions
        .getCurrentSession()
        .persist(new AuditEntry(Uuid7.next(), clock.instant(), event, details(event)));
  }

  /** The same, for a change that goes to the server together with its audit row. */
  public SqlPart part(AuditEvent event) {
    String details = details(event);
    return new SqlPart(
        INSERT,
        to ->
            to.add(Uuid7.next())
                .add(clock.instant())
                .add(event.actor())
                .add(event.action().code())
                .add(event.target())
                .addOrNull(event.tenantId())
                .addOrNull(event.requestId())
                .add(details));
  }

  private String details(AuditEvent event) {
    try {
      return mapper.writeValueAsString(event.details());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("details that are no JSON", e);
    }
  }
}
