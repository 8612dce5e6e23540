package io.platformapi.service.quota;

import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.JoinedNames;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds postings, newest first. */
final class LedgerSql {
  private static final String SELECT =
      """
      SELECT p.*, b.created_at, b.source, a.scope, a.key, a.label
      FROM ledger_postings p
      JOIN ledger_batches b ON b.id = p.batch_id
      JOIN ledger_accounts a ON a.id = p.account_id
      WHERE true
      """;
  private static final String ACCOUNT =
      "AND p.account_id = (SELECT id FROM ledger_accounts WHERE scope = ? AND key = ?) ";
  private static final String BATCH = "AND p.batch_id = ? ";
  private static final String SOURCE = "AND b.source = ? ";
  private static final String FROM = "AND p.batch_id >= ? ";
  private static final String TO = "AND p.batch_id < ? ";
  private static final String AFTER = "AND (p.batch_id, p.account_id, p.bucket) < (?, ?, ?) ";
  private static final String ORDER =
      "ORDER BY p.batch_id DESC, p.account_id DESC, p.bucket DESC LIMIT ?";

  /**
   * On the accounts and in the hour of a call, by the batches that posted it or took it back. The
   * batches once more alone: by them the postings are found.
   */
  private static final String EVENT =
      """
      AND p.batch_id = ANY (ARRAY(
        SELECT posted.batch FROM usage_events e
        CROSS JOIN LATERAL (VALUES (e.batch_id), (e.reversed_in)) AS posted (batch)
        WHERE (%1$s) AND posted.batch IS NOT NULL))
      AND (p.batch_id, p.bucket, a.scope, a.key) IN (
        SELECT posted.batch, date_trunc('hour', e.started_at, 'UTC'), account.scope, account.key
        FROM usage_events e
        CROSS JOIN LATERAL (VALUES (e.batch_id), (e.reversed_in)) AS posted (batch)
        CROSS JOIN LATERAL (VALUES (?, ?), %2$s) AS account (scope, key)
        WHERE %1$s)
      """;

  private static final String BY_CALL = "e.call_id = ?";
  private static final String BY_CALL_OR_ID = "e.call_id = ? OR e.event_id = ?";

  private LedgerSql() {}

  /** The lowest id of a batch posted at a time or later: an id begins with its milliseconds. */
  static UUID firstBatchAt(Instant time) {
    long millis = time.toEpochMilli();
    long ceiling = Instant.ofEpochMilli(millis).isBefore(time) ? millis + 1 : millis;
    return new UUID(ceiling << 16, 0);
  }

  /** Makes an item of a row. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * As many as the page needs.
   *
   * @param reader gets all columns of the posting, {@code created_at} and {@code source} of its
   *     batch, {@code scope}, {@code key} and {@code label} of its account
   */
  static <T> List<T> read(
      Connection connection, String tenantId, LedgerQuery query, PageRequest page, Reader<T> reader)
      throws SQLException {
    List<Object> values = new ArrayList<>();
    String sql = SELECT + conditions(tenantId, query, page, values) + ORDER;
    values.add(page.rowsToRead());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters to = new Parameters(statement);
      for (Object value : values) {
        if (value instanceof Instant time) {
          to.add(time);
        } else {
          to.add(value);
        }
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<T> found = new ArrayList<>();
        while (rows.next()) {
          found.add(reader.read(rows));
        }
        return found;
      }
    }
  }

  private static String conditions(
      String tenantId, LedgerQuery query, PageRequest page, List<Object> values) {
    StringBuilder conditions = new StringBuilder();
    if (query.account() != null) {
      conditions.append(ACCOUNT);
      values.add(query.account().scope().wire());
      values.add(query.account().key());
    }
    if (query.batch() != null) {
      conditions.append(BATCH);
      values.add(query.batch());
    }
    if (query.source() != null) {
      conditions.append(SOURCE);
      values.add(query.source());
    }
    if (query.from() != null) {
      conditions.append(FROM);
      values.add(firstBatchAt(query.from()));
    }
    if (query.to() != null) {
      conditions.append(TO);
      values.add(firstBatchAt(query.to()));
    }
    if (query.event() != null) {
      event(tenantId, query.event(), conditions, values);
    }
    page.after()
        .ifPresent(
            cursor -> {
              conditions.append(AFTER);
              values.add(cursor.uuid(0));
              values.add(cursor.number(1));
              values.add(cursor.instant(2));
            });
    return conditions.toString();
  }

  private static void event(
      String tenantId, LedgerQuery.Event event, StringBuilder conditions, List<Object> values) {
    List<Object> ids =
        event.eventId() == null
            ? List.of(event.callId())
            : List.of(event.callId(), event.eventId());
    conditions.append(
        EVENT.formatted(event.eventId() == null ? BY_CALL : BY_CALL_OR_ID, accounts()));
    values.addAll(ids);
    values.add(LedgerScope.TENANT.wire());
    values.add(LedgerScope.TENANT.accountName(tenantId));
    values.addAll(ids);
  }

  /** The accounts of a call in the other scopes; a name that is missing is none. */
  private static String accounts() {
    return Stream.of(LedgerScope.values())
        .filter(scope -> scope != LedgerScope.TENANT)
        .map(
            scope ->
                "('%s', (%s) COLLATE \"C\")"
                    .formatted(
                        scope.wire(),
                        JoinedNames.digestedSql("nullif(" + scope.eventSql() + ", '')")))
        .collect(Collectors.joining(", "));
  }
}
