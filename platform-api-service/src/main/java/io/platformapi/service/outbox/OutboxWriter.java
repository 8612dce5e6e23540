package io.platformapi.service.outbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.persistence.SqlPart;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.SessionFactory;

/** Writes events in the transaction of the change that they tell of. */
public final class OutboxWriter {
  private final SessionFactory sessions;
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
    this.committed = committed;
    this.batch = new OutboxBatch(mapper, clock);
  }

  public void write(OutboxEvent event) {
    SqlPart part = part(event);
    sessions.getCurrentSession().doWork(connection -> SqlPart.run(connection, List.of(part)));
  }

  /** The same, for a change that goes to the server together with its event. */
  public SqlPart part(OutboxEvent event) {
    sessions
        .getCurrentSession()
        .getTransaction()
        .registerSynchronization(new AfterCommit(committed, event.tenantId()));
    return new SqlPart(OutboxBatch.INSERT, to -> batch.bindInsert(to, List.of(event)));
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
