package io.platformapi.service.outbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.Parameters;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What {@link OutboxWriter} does, for a transaction that runs its own SQL: who commits it tells the
 * relay.
 */
public final class OutboxBatch {
  /** Leaves events, in their order. */
  public static final String INSERT =
      """
      INSERT INTO outbox (event_id, key, value)
      SELECT e.event_id, e.key, e.value
      FROM unnest(?::uuid[], ?::text[], ?::text[]) WITH ORDINALITY AS e (event_id, key, value, place)
      ORDER BY e.place
      """;

  private final ObjectMapper mapper;
  private final Clock clock;

  public OutboxBatch(ObjectMapper mapper, Clock clock) {
    this.mapper = mapper;
    this.clock = clock;
  }

  public void bindInsert(Parameters to, List<OutboxEvent> events) throws SQLException {
    Instant now = clock.instant();
    String[] ids = new String[events.size()];
    String[] values = new String[events.size()];
    for (int i = 0; i < ids.length; i++) {
      UUID id = Uuid7.next();
      ids[i] = id.toString();
      values[i] = Envelope.write(mapper, id, now, events.get(i));
    }
    to.add(ids).add(events.stream().map(OutboxEvent::tenantId).toArray(String[]::new)).add(values);
  }
}
