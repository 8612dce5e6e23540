package io.platformapi.service.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.http.Uuid7;
import java.time.Clock;
import org.hibernate.SessionFactory;

/** Records audit events in the transaction of the change: no audit row, no change. */
public final class AuditLog {
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
    try {
      String details = mapper.writeValueAsString(event.details());
      sessions
          .getCurrentSession()
          .persist(new AuditEntry(Uuid7.next(), clock.instant(), event, details));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("details that are no JSON", e);
    }
  }
}
