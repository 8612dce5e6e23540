package io.platformapi.service.quota;

import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.RateLimit;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerTenants;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;

/** Answers what a tenant has used and what is left of its limits. */
public final class UsageService {
  static final String LIST = "usage";
  static final int CURSOR_PARTS = 2;

  private final InTenant inTenant;
  private final LedgerTenants tenants;
  private final Clock clock;
  private final UsageSql sql = new UsageSql();
  private final PresentLimits limits = new PresentLimits();

  public UsageService(InTenant inTenant, LedgerTenants tenants, Clock clock) {
    this.inTenant = inTenant;
    this.tenants = tenants;
    this.clock = clock;
  }

  UsageAnswer usage(String tenantId, UsageQuery query, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    if (query.scopeId() == null) {
      List<UsageRow> rows =
          inTenant.sql(
              tenantId,
              connection ->
                  complete(
                      connection,
                      query,
                      sql.many(connection, query, after(query, page), page.rowsToRead())));
      Page<UsageRow> found = Page.of(rows, page, row -> cursor(query, row));
      return new UsageAnswer(found.map(row -> UsageReport.of(query, row, currency)), List.of());
    }
    if (query.series() != null) {
      return new UsageAnswer(
          new Page<>(List.of(series(tenantId, query, currency)), null), List.of());
    }
    UsageRow row =
        inTenant.sql(
            tenantId,
            connection -> complete(connection, query, List.of(sql.one(connection, query))).get(0));
    return new UsageAnswer(
        new Page<>(List.of(UsageReport.of(query, row, currency)), null),
        query.scope() == LedgerScope.TENANT ? limits(query, row) : List.of());
  }

  private UsageReport series(String tenantId, UsageQuery query, String currency) {
    Instant now = clock.instant();
    return inTenant.sql(
        tenantId,
        connection -> {
          GrantedUsage found = limits.series(connection, sql.one(connection, query), query, now);
          SortedMap<Instant, UsageSums> steps = sql.series(connection, query);
          // Of one moment: more may have been posted since the other statement.
          UsageSums sum = steps.values().stream().reduce(UsageSums.NONE, UsageSums::plus);
          return UsageReport.of(
              query,
              found.row().with(sum),
              UsageSeries.of(
                  query,
                  steps,
                  found.row().quotas(),
                  found.granted(),
                  query.asOf() == null ? now : query.asOf(),
                  currency),
              currency);
        });
  }

  private List<UsageRow> complete(Connection connection, UsageQuery query, List<UsageRow> rows)
      throws SQLException {
    Instant now = clock.instant();
    return query.present(now) ? limits.read(connection, rows, query.scope(), now) : rows;
  }

  private List<RateLimit> limits(UsageQuery query, UsageRow row) {
    Instant now = clock.instant();
    Instant end = query.window().end(query.at());
    // Of a window that is over there is nothing left to say.
    if (!query.present(now)) {
      return List.of();
    }
    return row.quotas().stream()
        .filter(quota -> quota.mode() != QuotaMode.OFF)
        .map(
            quota ->
                new RateLimit(
                    quota.dimension().wire() + "-" + quota.window().kind().wire(),
                    row.state(quota).limit(),
                    UsageReport.length(query.window(), query.at()),
                    UsageReport.remaining(quota, row),
                    query.window().bounded() ? Duration.between(now, end) : null))
        .toList();
  }

  // Names can hold what a cursor's values must not, such as control characters.
  private static Cursor cursor(UsageQuery query, UsageRow row) {
    byte[] name = row.key().getBytes(StandardCharsets.UTF_8);
    return Cursor.of(
        LIST, query.scope().wire(), Base64.getUrlEncoder().withoutPadding().encodeToString(name));
  }

  private static String after(UsageQuery query, PageRequest page) {
    if (page.after().isEmpty()) {
      return "";
    }
    Cursor cursor = page.after().get();
    return UsageParameters.name(query, cursor.text(0), cursor.text(1));
  }
}
