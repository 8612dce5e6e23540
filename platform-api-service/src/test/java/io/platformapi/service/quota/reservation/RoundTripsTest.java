package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each round trip keeps rows locked for others, and costs both sides as much as a statement. */
class RoundTripsTest {
  private static QuotaFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aSettlementOfWhatTheNodeHasReservedIsOne() {
    String tenant = tenant();
    ReservationService node = fixture.reservations;
    assertThat(roundTrips(node, tenant, reserved(tenant, "ann"))).isEqualTo(1);
    assertThat(roundTrips(node, tenant, reserved(tenant, "bob"))).as("a new account").isEqualTo(1);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void aSettlementOfWhatAnotherNodeHasReservedOpensWritesAndCommits() {
    String tenant = tenant();
    ReservationService other = fixture.service(fixture.books);
    assertThat(roundTrips(other, tenant, reserved(tenant, "ann"))).isEqualTo(3);
    assertThat(roundTrips(other, tenant, reserved(tenant, "bob"))).as("a new account").isEqualTo(3);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  private static String tenant() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.DAY), 1000);
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quota));
    // Makes the partitions.
    roundTrips(fixture.reservations, tenant, reserved(tenant, "ann"));
    return tenant;
  }

  @Test
  void aReservationWithRoomForItIsOne() {
    String tenant = fixture.newTenant();
    fixture.put(
        tenant, List.of(Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.DAY), 9)));
    reserved(tenant, "ann");
    // That one has made the balance.
    reserved(tenant, "ann");
    assertThat(roundTrips(() -> reserved(tenant, "ann"))).isEqualTo(1);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  private static UUID reserved(String tenant, String user) {
    return Reserving.granted(
            fixture.reservations.reserve(tenant, request(null, user, tokens(1), null)))
        .id();
  }

  private static int roundTrips(ReservationService node, String tenant, UUID reservation) {
    return roundTrips(() -> Reserving.ended(node.end(tenant, settle(reservation, tokens(1)))));
  }

  private static int roundTrips(Runnable work) {
    SyncCount count = new SyncCount();
    count.logger.addHandler(count);
    Level before = count.logger.getLevel();
    count.logger.setLevel(Level.FINEST);
    try {
      work.run();
    } finally {
      count.logger.setLevel(before);
      count.logger.removeHandler(count);
    }
    return count.syncs.get();
  }

  /** The driver logs each message; after a Sync it waits for the server. */
  private static final class SyncCount extends Handler {
    final Logger logger = Logger.getLogger("org.postgresql.core.v3.QueryExecutorImpl");
    final AtomicInteger syncs = new AtomicInteger();
    private final Thread thread = Thread.currentThread();

    @Override
    public void publish(LogRecord message) {
      if (Thread.currentThread() == thread && message.getMessage().contains("FE=> Sync")) {
        syncs.incrementAndGet();
      }
    }

    @Override
    public void flush() {
      // Nothing is kept.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
