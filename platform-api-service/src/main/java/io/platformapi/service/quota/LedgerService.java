package io.platformapi.service.quota;

import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Money;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.usage.LedgerTenants;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads a tenant's book, newest first. */
public final class LedgerService {
  static final String LIST = "ledger";
  static final int CURSOR_PARTS = 3;

  private static final String SELECT =
      """
      SELECT p.*, b.created_at, a.scope, a.key, a.label
      FROM ledger_postings p
      JOIN ledger_batches b ON b.id = p.batch_id
      JOIN ledger_accounts a ON a.id = p.account_id
      WHERE true
      """;
  private static final String ACCOUNT =
      "AND p.account_id = (SELECT id FROM ledger_accounts WHERE scope = ? AND key = ?) ";
  private static final String BATCH = "AND p.batch_id = ? ";
  private static final String FROM = "AND p.batch_id >= ? ";
  private static final String TO = "AND p.batch_id < ? ";
  private static final String AFTER = "AND (p.batch_id, p.account_id, p.bucket) < (?, ?, ?) ";
  private static final String ORDER =
      "ORDER BY p.batch_id DESC, p.account_id DESC, p.bucket DESC LIMIT ?";

  private final InTenant inTenant;
  private final LedgerTenants tenants;

  public LedgerService(InTenant inTenant, LedgerTenants tenants) {
    this.inTenant = inTenant;
    this.tenants = tenants;
  }

  Page<LedgerEntry> entries(String tenantId, LedgerQuery query, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    List<Object> values = new ArrayList<>();
    String sql = SELECT + conditions(query, page, values) + ORDER;
    values.add(page.rowsToRead());
    List<LedgerEntry> rows =
        inTenant.sql(tenantId, connection -> read(connection, sql, values, currency));
    return Page.of(
        rows, page, entry -> Cursor.of(LIST, entry.batchId(), entry.accountId(), entry.bucket()));
  }

  private static String conditions(LedgerQuery query, PageRequest page, List<Object> values) {
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
    if (query.from() != null) {
      conditions.append(FROM);
      values.add(firstBatchAt(query.from()));
    }
    if (query.to() != null) {
      conditions.append(TO);
      values.add(firstBatchAt(query.to()));
    }
    page.after()
        .ifPresent(
            cursor -> {
              conditions.append(AFTER);
              values.add(cursor.uuid(0));
              values.add(cursor.number(1));
              values.add(cursor.instant(2).atOffset(ZoneOffset.UTC));
            });
    return conditions.toString();
  }

  /** The lowest id of a batch posted at a time or later: an id begins with its milliseconds. */
  private static UUID firstBatchAt(Instant time) {
    long millis = time.toEpochMilli();
    long ceiling = Instant.ofEpochMilli(millis).isBefore(time) ? millis + 1 : millis;
    return new UUID(ceiling << 16, 0);
  }

  private static List<LedgerEntry> read(
      Connection connection, String sql, List<Object> values, String currency) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<LedgerEntry> entries = new ArrayList<>();
        while (rows.next()) {
          entries.add(entry(rows, currency));
        }
        return entries;
      }
    }
  }

  private static LedgerEntry entry(ResultSet row, String currency) throws SQLException {
    return new LedgerEntry(
        row.getObject("batch_id", UUID.class),
        instant(row, "created_at"),
        new LedgerEntry.Account(
            row.getString("scope"), row.getString("key"), row.getString("label")),
        instant(row, "bucket"),
        new LedgerEntry.Posted(
            row.getLong("input_tokens"),
            row.getLong("output_tokens"),
            row.getLong("cached_input_tokens"),
            row.getLong("cached_output_tokens"),
            row.getLong("requests_succeeded"),
            row.getLong("requests_failed"),
            row.getLong("requests_cached"),
            Money.ofNanos(row.getLong("cost_nanos"), currency),
            row.getLong("storage_bytes"),
            row.getLong("seats")),
        row.getLong("account_id"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
