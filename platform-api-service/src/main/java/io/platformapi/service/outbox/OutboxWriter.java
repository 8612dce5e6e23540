package io.platformapi.service.outbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.SqlPart;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.SessionFactory;

/** Writes events in the transaction of the change that they tell of. */
public final class OutboxWriter {
  private final SessionFactory sessions;
  private final ObjectMapper mapper;
  private final Clock clock;
  private final Consumer<String> committed;
  private final OutboxBatch batch;

  /**
   * @param sessions of the database whose outbox this is
   * @param committed called with the event's tenant after the transaction was committed, on its
   *     thread and still inside the unit: must only leave a note
   */
  public OutboxWriter(
      SessionFactory sessions, ObjectMapper mapper, Clock clock, Consumer<String> committed) {
    this.sessions = sessions;
    this.mapper = mapper;
    this.clock = clock;
    this.committed = committed;
    this.batch = new OutboxBatch(mapper, clock);
  }

  public void write(OutboxEvent event) {
    UUID id = Uuid7.next();
    Instant now = clock.instant();
    sessions
        .getCurrentSession()
        .persist(
            new OutboxEntry(id, event.tenantId(), Envelope.write(mapper, id, now, event), now));
    tellWhenCommitted(event);
  }

  /** The same, for a change that goes to the server together with its event. */
  public SqlPart part(OutboxEvent event) {
    tellWhenCommitted(event);
    return new SqlPart(OutboxBatch.INSERT, to -> batch.bindInsert(to, List.of(event)));
  }

  private void tellWhenCommitted(OutboxEvent event) {
    sessions
        .getCurrentSession()
        .getTransaction()
        .registerSynchronization(new AfterCommit(committed, event.tenantId()));
  }

  private record AfterCommit(Consumer<String> committed, String tenantId)
      implements Synchronization {
    @Override
    public void beforeCompletion() {}

    @Override
    public void afterCompletion(int status) {
      if (status == Status.STATUS_COMMITTED) {
        committed.accept(tenantId);
      }
    }
  }
}
