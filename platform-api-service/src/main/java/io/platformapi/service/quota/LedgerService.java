package io.platformapi.service.quota;

import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Money;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.usage.LedgerTenants;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Reads a tenant's book, newest first. */
public final class LedgerService {
  static final String LIST = "ledger";
  static final int CURSOR_PARTS = 3;

  private final InTenant inTenant;
  private final LedgerTenants tenants;

  public LedgerService(InTenant inTenant, LedgerTenants tenants) {
    this.inTenant = inTenant;
    this.tenants = tenants;
  }

  Page<LedgerEntry> entries(String tenantId, LedgerQuery query, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    List<LedgerEntry> rows =
        inTenant.sql(
            tenantId,
            connection ->
                LedgerSql.read(connection, tenantId, query, page, row -> entry(row, currency)));
    return Page.of(
        rows, page, entry -> Cursor.of(LIST, entry.batchId(), entry.accountId(), entry.bucket()));
  }

  private static LedgerEntry entry(ResultSet row, String currency) throws SQLException {
    return new LedgerEntry(
        row.getObject("batch_id", UUID.class),
        instant(row, "created_at"),
        row.getString("source"),
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
