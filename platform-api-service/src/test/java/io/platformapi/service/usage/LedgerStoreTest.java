package io.platformapi.service.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.RejectedByStoreException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.service.crypto.Sha256;
import io.platformapi.service.testing.TestDatabases;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerStoreTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:30:00.123456Z");
  private static LedgerFixture ledger;

  @BeforeAll
  static void start() {
    ledger = new LedgerFixture();
  }

  @AfterAll
  static void stop() {
    ledger.close();
  }

  @Test
  void aRedeliveredOrRepeatedEventIsADuplicateAndPostsNothing() {
    String tenant = ledger.newTenant();
    List<UsageRecord> calls = new GeneratedCalls(1).calls(20);
    List<UsageRecord> twice = new ArrayList<>(calls);
    twice.addAll(calls);
    assertThat(ledger.store(tenant, twice)).isEqualTo(new StoreResult(20, 20, 0));
    assertThat(ledger.store(tenant, calls)).isEqualTo(new StoreResult(0, 20, 0));
    assertThat(ledger.findings(tenant)).isEmpty();
    assertThat(ledger.single(tenant, "SELECT count(*) FROM ledger_batches")).isEqualTo("1");
  }

  @Test
  void postsEachKindOfCallAsTheContractSays() {
    String tenant = ledger.newTenant();
    ledger.store(
        tenant,
        List.of(
            call("success", CallStatus.SUCCESS, false, 100, 10, 330),
            call("hit", CallStatus.SUCCESS, true, 50, 5, 0),
            call("cut", CallStatus.FAILURE, false, 7, 3, 20),
            call("failure", CallStatus.FAILURE, false, 0, 0, 0),
            call("unpriced", CallStatus.SUCCESS, false, 1, 1, 0)));
    assertThat(counter(tenant, "tenant", tenant)).isEqualTo("108,14,50,5,2,2,1,350");
    assertThat(counter(tenant, "api_key", "the-hash")).isEqualTo("108,14,50,5,2,2,1,350");
    assertThat(counter(tenant, "model", "the-group")).isEqualTo("108,14,50,5,2,2,1,350");
    assertThat(ledger.single(tenant, "SELECT label FROM ledger_accounts WHERE key = 'the-hash'"))
        .isEqualTo("the-alias");
    assertThat(
            ledger.single(
                tenant,
                "SELECT count(*) FROM ledger_accounts WHERE scope = 'end_user' AND key <> ''"))
        .isEqualTo("0");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void tellsOtherServicesTheMonthSoFarOncePerBatch() {
    String tenant = ledger.newTenant();
    ledger.execute(
        tenant,
        "INSERT INTO quotas VALUES (gen_random_uuid(), 'cost', 'tenant', '', 'month', 5000000000,"
            + " 'enforce')");
    ledger.store(tenant, List.of(call("a", CallStatus.SUCCESS, false, 10, 1, 330)));
    ledger.store(
        tenant,
        List.of(
            call("b", CallStatus.SUCCESS, false, 10, 1, 1_000_000_000),
            call("c", CallStatus.SUCCESS, false, 1, 1, 1)));
    assertThat(ledger.single(tenant, "SELECT count(*) FROM outbox")).isEqualTo("2");
    String last = "(SELECT value::jsonb AS e FROM outbox ORDER BY id DESC LIMIT 1) o";
    assertThat(ledger.single(tenant, "SELECT e->>'type' FROM " + last)).isEqualTo("quota.updated");
    assertThat(ledger.single(tenant, "SELECT e->'payload'->'usage'->'cost' FROM " + last))
        .isEqualTo("{\"amount\": \"1.000000331\", \"currency\": \"USD\"}");
    assertThat(ledger.single(tenant, "SELECT e->'payload'->'usage'->'window' FROM " + last))
        .isEqualTo(
            "{\"end\": \"2026-12-01T00:00:00Z\", \"type\": \"month\","
                + " \"start\": \"2026-11-01T00:00:00Z\"}");
    assertThat(ledger.single(tenant, "SELECT e->'payload'->'budget'->>'amount' FROM " + last))
        .isEqualTo("5.000000000");
  }

  @Test
  void countsAtTheEdgesOfHoursMonthsAndTheParsersYears() {
    String tenant = ledger.newTenant();
    GeneratedCalls calls = new GeneratedCalls(2);
    ledger.store(
        tenant,
        List.of(
            calls.call(Instant.parse("2020-01-01T00:00:00Z")),
            calls.call(Instant.parse("2024-02-29T23:59:59.999999Z")),
            calls.call(Instant.parse("2026-10-31T23:59:59.999999Z")),
            calls.call(Instant.parse("2026-11-01T00:00:00Z")),
            calls.call(Instant.parse("2099-12-31T23:59:59.999999Z"))));
    assertThat(ledger.findings(tenant)).isEmpty();
    assertThat(
            ledger.single(
                tenant,
                """
                SELECT string_agg(to_char(c.bucket AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24'),
                  '; ' ORDER BY c.kind, c.bucket)
                FROM usage_counters c JOIN ledger_accounts a ON a.id = c.account_id
                WHERE a.scope = 'tenant'
                """))
        .isEqualTo(
            "2020-01-01 00; 2024-02-29 23; 2026-10-31 23; 2026-11-01 00; 2099-12-31 23; "
                + "2020-01-01 00; 2024-02-01 00; 2026-10-01 00; 2026-11-01 00; 2099-12-01 00");
  }

  @Test
  void aTotalThatDoesNotFitIsRejectedAndLeavesNothing() {
    String tenant = ledger.newTenant();
    long huge = Long.MAX_VALUE / 2 + 1;
    ledger.store(tenant, List.of(call("first", CallStatus.SUCCESS, false, 0, 0, huge)));
    UsageRecord second = call("second", CallStatus.SUCCESS, false, 0, 0, huge);
    UsageRecord third = call("third", CallStatus.SUCCESS, false, 0, 0, huge);
    for (List<UsageRecord> tooMuch : List.of(List.of(second), List.of(second, third))) {
      assertThatThrownBy(() -> ledger.store(tenant, tooMuch))
          .isInstanceOf(RejectedByStoreException.class);
    }
    assertThat(ledger.single(tenant, "SELECT count(*) FROM usage_events")).isEqualTo("1");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void textThatPostgresqlCannotHoldIsRejected() {
    String tenant = ledger.newTenant();
    assertThatThrownBy(() -> ledger.store(tenant, List.of(endUser("nul\u0000"))))
        .isInstanceOf(RejectedByStoreException.class);
    QuotaSnapshot broken = new QuotaSnapshot("s", NOON, "{not json");
    assertThatThrownBy(() -> ledger.store.store(tenant, new UsageBatch(List.of(), List.of(broken))))
        .isInstanceOf(RejectedByStoreException.class);
  }

  @Test
  void aNameTooLongForAnIndexIsStillMetered() {
    String tenant = ledger.newTenant();
    String name = "é".repeat(50_000);
    ledger.store(tenant, List.of(endUser(name), endUser(name + "x")));
    assertThat(
            ledger.single(
                tenant,
                "SELECT count(*) FROM ledger_accounts WHERE scope = 'end_user' AND key LIKE"
                    + " 'sha256:%'"))
        .isEqualTo("2");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void aLongNameAndTheDigestThatItStandsAsAreOneAccount() {
    String tenant = ledger.newTenant();
    String name = "é".repeat(50_000);
    ledger.store(tenant, List.of(endUser(name), endUser("sha256:" + Sha256.hex(name))));
    assertThat(ledger.single(tenant, "SELECT count(*) FROM ledger_accounts WHERE key ~ 'sha256:'"))
        .isEqualTo("1");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void leavesNothingToTheNextWhoHasItsConnection() {
    String tenant = ledger.newTenant();
    ledger.store(tenant, new GeneratedCalls(11).calls(5));
    assertThat(
            ledger.node.inTenant.<String>sqlLeavingNothing(
                tenant,
                connection ->
                    LedgerFixture.single(
                        connection,
                        """
                        SELECT concat_ws(' ', current_setting('enable_seqscan'),
                          current_setting('jit') = (SELECT reset_val FROM pg_settings
                            WHERE name = 'jit'),
                          current_setting('plan_cache_mode'),
                          (SELECT count(*) FROM pg_locks
                            WHERE locktype = 'advisory' AND pid = pg_backend_pid()))
                        """)))
        .isEqualTo("on t auto 0");
  }

  @Test
  void keepsEachGatewaySnapshotOnce() {
    String tenant = ledger.newTenant();
    QuotaSnapshot one = new QuotaSnapshot("one", NOON, "{\"usage\": 1.10}");
    QuotaSnapshot two = new QuotaSnapshot("two", NOON, "{}");
    UsageBatch batch = new UsageBatch(List.of(), List.of(two, one, one));
    assertThat(ledger.store.store(tenant, batch)).isEqualTo(new StoreResult(0, 1, 2));
    assertThat(ledger.store.store(tenant, batch)).isEqualTo(new StoreResult(0, 3, 0));
    assertThat(ledger.single(tenant, "SELECT payload FROM gateway_snapshots WHERE event_id='one'"))
        .isEqualTo("{\"usage\": 1.10}");
    assertThat(ledger.single(tenant, "SELECT count(*) FROM outbox")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usage_events",
        "ledger_accounts",
        "ledger_batches",
        "ledger_postings",
        "usage_counters",
        "outbox"
      })
  void aFailureAtAnyStatementLeavesNothingAndARetrySucceeds(String table) {
    String tenant = ledger.newTenant();
    List<UsageRecord> calls = new GeneratedCalls(3).calls(30);
    ledger.store(tenant, calls.subList(0, 10));
    String before = rowCounts(tenant);
    ledger.execute(
        tenant,
        """
        CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'crash' USING ERRCODE = 'XX000'; END $$;
        CREATE TRIGGER crash AFTER INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION crash()
        """
            .formatted(table));
    List<UsageRecord> rest = new ArrayList<>(calls.subList(10, 30));
    rest.add(endUser("somebody new"));
    assertThatThrownBy(() -> ledger.store(tenant, rest))
        .isInstanceOf(TenantUnavailableException.class);
    assertThat(rowCounts(tenant)).isEqualTo(before);
    ledger.execute(tenant, "DROP TRIGGER crash ON " + table);
    assertThat(ledger.store(tenant, rest).posted()).isEqualTo(21);
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void partitionsAreMadeOnceByManyWritersAtTheSameTime() throws Exception {
    String tenant = ledger.newTenant();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<StoreResult>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        GeneratedCalls generated = new GeneratedCalls(100 + i);
        List<UsageRecord> calls = new ArrayList<>();
        for (int month = 1; month <= 6; month++) {
          calls.add(generated.call(Instant.parse("2031-0%d-15T00:00:00Z".formatted(month))));
        }
        results.add(threads.submit(() -> ledger.store(tenant, calls)));
      }
      for (Future<StoreResult> result : results) {
        assertThat(result.get().posted()).isEqualTo(6);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void anOutageOfOneTenantAndOfEverythingAreToldApart() {
    UsageBatch batch = new UsageBatch(new GeneratedCalls(4).calls(1), List.of());
    assertThatThrownBy(() -> ledger.store.store("nobody", batch))
        .isInstanceOf(TenantUnavailableException.class);
    String tenant = ledger.newTenant();
    String database = ledger.single(tenant, "SELECT current_database()");
    TestDatabases.execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
    TestDatabases.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");
    assertThatThrownBy(() -> ledger.store.store(tenant, batch))
        .isInstanceOf(TenantUnavailableException.class);
    assertThatThrownBy(() -> ledger.store(() -> false).store(tenant, batch))
        .isInstanceOf(StoreUnavailableException.class)
        .isNotInstanceOf(TenantUnavailableException.class);
  }

  private static String rowCounts(String tenant) {
    return ledger.single(
        tenant,
        """
        SELECT concat_ws(',', (SELECT count(*) FROM usage_events),
          (SELECT count(*) FROM ledger_accounts), (SELECT count(*) FROM ledger_batches),
          (SELECT count(*) FROM ledger_postings), (SELECT count(*) FROM usage_counters),
          (SELECT count(*) FROM outbox))
        """);
  }

  private static String counter(String tenant, String scope, String key) {
    return ledger.single(
        tenant,
        """
        SELECT concat_ws(',', input_tokens, output_tokens, cached_input_tokens,
          cached_output_tokens, requests_succeeded, requests_failed, requests_cached, cost_nanos)
        FROM usage_counters c JOIN ledger_accounts a ON a.id = c.account_id
        WHERE a.scope = '%s' AND a.key = '%s' AND c.kind = 'month'
        """
            .formatted(scope, key));
  }

  private static UsageRecord endUser(String name) {
    return call(name, CallStatus.SUCCESS, false, 1, 1, 1, name);
  }

  private static UsageRecord call(
      String name, CallStatus status, boolean hit, long input, long output, long nanos) {
    return call(name, status, hit, input, output, nanos, null);
  }

  private static UsageRecord call(
      String name,
      CallStatus status,
      boolean hit,
      long input,
      long output,
      long nanos,
      String endUser) {
    return new UsageRecord(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        "call",
        "response",
        status,
        hit,
        false,
        "acompletion",
        NOON,
        null,
        "the-team",
        null,
        "the-hash",
        "the-alias",
        "the-user",
        endUser,
        "openai",
        "openai/model",
        "the-group",
        input,
        output,
        input + output,
        nanos);
  }
}
