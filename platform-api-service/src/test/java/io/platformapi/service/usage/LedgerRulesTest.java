package io.platformapi.service.usage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.persistence.SqlFailure;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the database refuses, whoever asks. */
class LedgerRulesTest {
  private static final String POSTINGS = "INSERT INTO ledger_postings VALUES ";
  private static final long TENANT_SOURCE = LedgerScope.TENANT.sourceAccount();
  private static final long TEAM_SOURCE = LedgerScope.TEAM.sourceAccount();
  private static LedgerFixture ledger;
  private static String tenant;
  private static long account;

  @BeforeAll
  static void start() {
    ledger = new LedgerFixture();
    tenant = ledger.newTenant();
    ledger.store(tenant, new GeneratedCalls(5).calls(5));
    account =
        Long.parseLong(
            ledger.single(
                tenant, "SELECT id FROM ledger_accounts WHERE scope = 'tenant' AND key <> ''"));
  }

  @AfterAll
  static void stop() {
    ledger.close();
  }

  @Test
  void postingsThatDoNotSumToZeroPerScopeInOneStatement() {
    UUID batch = UUID.randomUUID();
    String header = header(batch, 2);
    String give = row(batch, TENANT_SOURCE, -5);
    String take = row(batch, account, 5);
    refused(header + POSTINGS + give + "," + row(batch, account, 6), "sum to zero");
    refused(header + POSTINGS + give + ";" + POSTINGS + take, "sum to zero");
    refused(header + POSTINGS + row(batch, TEAM_SOURCE, -5) + "," + take, "sum to zero");
  }

  @Test
  void postingsToNoAccountOrOfNoBatch() {
    UUID batch = UUID.randomUUID();
    String balanced = row(batch, TENANT_SOURCE, -5) + "," + row(batch, account, 5);
    refused(header(batch, 3) + POSTINGS + balanced + "," + row(batch, 99, 0), "does not exist");
    refused(POSTINGS + balanced, "no header");
  }

  @Test
  void aBatchWithoutPostingsAndOneThatGrowsLater() {
    UUID batch = UUID.randomUUID();
    refused(header(batch, 2), "no postings");
    ledger.execute(
        tenant,
        header(batch, 2) + POSTINGS + row(batch, TENANT_SOURCE, -5) + "," + row(batch, account, 5));
    refused(POSTINGS + row(batch, TEAM_SOURCE, 0), "as many postings");
  }

  @Test
  void anyChangeOfWhatIsWritten() {
    for (String table : List.of("ledger_postings", "ledger_batches", "ledger_accounts")) {
      refused("DELETE FROM " + table, "append-only");
      refused("TRUNCATE " + table, "append-only");
    }
    refused("UPDATE ledger_postings SET cost_nanos = 0", "append-only");
    refused("UPDATE ledger_batches SET events = 9", "append-only");
    refused("UPDATE ledger_accounts SET label = 'other'", "append-only");
  }

  private static void refused(String sql, String why) {
    assertThatThrownBy(() -> ledger.execute(tenant, sql))
        .isInstanceOf(SqlFailure.class)
        .hasMessageContaining(why);
  }

  private static String header(UUID batch, int postings) {
    return "INSERT INTO ledger_batches VALUES ('%s', now(), 'test', 1, %d);"
        .formatted(batch, postings);
  }

  private static String row(UUID batch, long account, long inputTokens) {
    return "('%s', %d, date_trunc('hour', now(), 'UTC'), %d, 0, 0, 0, 0, 0, 0, 0)"
        .formatted(batch, account, inputTokens);
  }
}
