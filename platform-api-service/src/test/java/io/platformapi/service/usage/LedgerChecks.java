package io.platformapi.service.usage;

import io.platformapi.service.quota.QuotaChecks;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.RealServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Verifies the ledgers and balances of all tenants of a platform, straight in their databases. */
public final class LedgerChecks {
  private LedgerChecks() {}

  /** What is wrong, a line each; empty when every ledger is right. */
  public static List<String> findings(PlatformSettings settings) throws SQLException {
    List<String> findings = new ArrayList<>();
    try (Connection admin = connect(settings.adminDatabaseUrl());
        ResultSet databases =
            admin
                .createStatement()
                .executeQuery("SELECT tenant_id, name FROM tenant_databases ORDER BY tenant_id")) {
      int checked = 0;
      while (databases.next()) {
        checked++;
        try (Connection tenant =
            connect(RealServers.postgres().jdbcUrl(databases.getString("name")))) {
          new LedgerVerifier()
              .findings(tenant, databases.getString("tenant_id")).stream()
                  .map(String::valueOf)
                  .forEach(findings::add);
          findings.addAll(QuotaChecks.findings(tenant, Instant.now()));
        }
      }
      if (checked == 0) {
        findings.add("there is no tenant to check");
      }
    }
    return findings;
  }

  private static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, "postgres", "");
  }
}
