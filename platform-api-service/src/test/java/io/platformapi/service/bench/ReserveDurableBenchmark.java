package io.platformapi.service.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.RedisBalances;
import io.platformapi.service.quota.balance.RedisCalls;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.quota.reservation.Chances;
import io.platformapi.service.quota.reservation.Checker;
import io.platformapi.service.quota.reservation.Ender;
import io.platformapi.service.quota.reservation.Expiry;
import io.platformapi.service.quota.reservation.GrantRequest;
import io.platformapi.service.quota.reservation.Granter;
import io.platformapi.service.quota.reservation.Linger;
import io.platformapi.service.quota.reservation.Outcome;
import io.platformapi.service.quota.reservation.RecentReservations;
import io.platformapi.service.quota.reservation.ReservationService;
import io.platformapi.service.quota.reservation.Subject;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TestDatabases;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import redis.clients.jedis.RedisClient;

/**
 * Durable reservations a second of one tenant by 64 clients, against the least SQL that one needs:
 * lock a row, insert a row, commit, in a bare JDBC loop on as many connections as are best.
 */
final class ReserveDurableBenchmark implements Benchmark {
  private static final int WARM_UP_ROUNDS = 1;
  private static final int ROUNDS = 5;
  private static final int CLIENTS = 64;
  private static final int SPREAD = 10_000;
  private static final long ROUND_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int[] CONNECTIONS = {1, 4, 8};

  private static final String LEAST =
      """
      SELECT held FROM quota_balances WHERE quota_id = ?::uuid AND subject = '' FOR UPDATE;
      INSERT INTO reservations (id, request_id, state, created_at, created_by, expires_at,
        estimates, hold_quotas, hold_subjects, hold_windows, hold_amounts)
      VALUES (?::uuid, ?, 'open', now(), 'bench', now(), '{0,0,1,0,0,0}', ARRAY[?::uuid], '{""}',
        ARRAY[now()], '{1}')
      """;

  @Override
  public String name() {
    return "reserve-durable";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (QuotaFixture fixture = new QuotaFixture();
        RedisClient redis = RedisClient.create("127.0.0.1", RealServers.redis().port())) {
      ReservationService service = service(fixture, redis);
      Quota one = noisy();
      String tenant = tenant(fixture, List.of(one));
      List<Quota> many = spread();
      String spreadTenant = tenant(fixture, many);
      double[] ours = new double[ROUNDS];
      double[] base = new double[ROUNDS];
      double[] spread = new double[ROUNDS];
      for (int i = -WARM_UP_ROUNDS; i < ROUNDS; i++) {
        double baseRate = 0;
        for (int connections : CONNECTIONS) {
          baseRate = Math.max(baseRate, bare(fixture, tenant, one, connections));
        }
        double ourRate = ours(service, tenant, client -> "anybody");
        double spreadRate = ours(service, spreadTenant, n -> "user-" + n % SPREAD);
        if (i >= 0) {
          ours[i] = ourRate;
          base[i] = baseRate;
          spread[i] = spreadRate;
        }
        progress.say(
            String.format(
                Locale.ROOT,
                "%s: %.0f/s, of %d spread quotas %.0f/s, against %.0f/s",
                i < 0 ? "warm-up" : "round " + i,
                ourRate,
                SPREAD,
                spreadRate,
                baseRate));
      }
      return BenchResult.ofRounds(
          name(),
          ours,
          base,
          "reservations/s",
          List.of(
              String.format(
                  Locale.ROOT,
                  "%d clients, one quota; of %d quotas, one for each user: %.0f/s",
                  CLIENTS,
                  SPREAD,
                  BenchResult.median(spread))));
    }
  }

  private interface Names {
    String user(long number);
  }

  private static double ours(ReservationService service, String tenant, Names names)
      throws Exception {
    return rate(
        CLIENTS,
        (client, number) -> {
          Outcome outcome = service.reserve(tenant, request(names.user(number * CLIENTS + client)));
          if (!(outcome instanceof Outcome.Granted)) {
            throw new IllegalStateException("not granted: " + outcome);
          }
        });
  }

  /** The copy in Redis is told before who asked is answered, for which nobody waits in a node. */
  private static ReservationService service(QuotaFixture fixture, RedisClient redis) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    BalanceCopy copy =
        new RedisBalances(
            new RedisCalls(redis, meters, System::nanoTime),
            Duration.ofSeconds(10),
            meters,
            Clock.systemUTC());
    Expiry expiry = new Expiry(fixture.work, copy);
    RecentReservations known = QuotaFixture.newMemory();
    return new ReservationService(
        fixture.store,
        fixture.books,
        new Granter(fixture.work, expiry, copy, Uuid7::next, known, new Chances()),
        new Ender(fixture.work, copy, Uuid7::next, known, new Chances()),
        new Checker(fixture.work, fixture.books, expiry, copy),
        Linger.NONE,
        (tenant, expiresAt) -> {},
        meters);
  }

  private static GrantRequest request(String user) {
    return new GrantRequest(
        null,
        new Subject("red", user, null, "key", "openai", "gpt-4o"),
        new QuotaAmounts(0, 0, 1, 0, 0, 0),
        Duration.ofHours(1),
        "bench",
        Optional.empty(),
        grant -> null);
  }

  private static double bare(QuotaFixture fixture, String tenant, Quota quota, int connections)
      throws Exception {
    String database = fixture.ledger.single(tenant, "SELECT current_database()");
    List<Connection> open = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        Connection connection = TestDatabases.connect(database);
        connection.setAutoCommit(false);
        open.add(connection);
      }
      return rate(connections, (client, number) -> least(open.get(client), quota));
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
  }

  private static void least(Connection connection, Quota quota) {
    try (PreparedStatement statement = connection.prepareStatement(LEAST)) {
      String id = UUID.randomUUID().toString();
      statement.setString(1, quota.id().toString());
      statement.setString(2, id);
      statement.setString(3, id);
      statement.setString(4, quota.id().toString());
      statement.execute();
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Step {
    void run(int client, long number);
  }

  /** How often a second all clients together do a step. */
  private static double rate(int clients, Step step) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long start = System.nanoTime();
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(
            threads.submit(
                () -> {
                  long done = 0;
                  for (; System.nanoTime() - start < ROUND_NANOS; done++) {
                    step.run(client, done);
                  }
                  return done;
                }));
      }
      long all = 0;
      for (Future<Long> client : running) {
        all += client.get();
      }
      return all / ((System.nanoTime() - start) / 1e9);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Quota noisy() {
    return Quotas.of(
        QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.LIFETIME), Long.MAX_VALUE / 4);
  }

  private static List<Quota> spread() {
    List<Quota> quotas = new ArrayList<>();
    for (int i = 0; i < SPREAD; i++) {
      quotas.add(
          Quotas.of(
              QuotaDimension.REQUESTS, Map.of(LedgerScope.USER, "user-" + i), Long.MAX_VALUE / 4));
    }
    return quotas;
  }

  private static String tenant(QuotaFixture fixture, List<Quota> quotas) {
    String tenant = fixture.newTenant();
    fixture.put(tenant, quotas);
    return tenant;
  }
}
