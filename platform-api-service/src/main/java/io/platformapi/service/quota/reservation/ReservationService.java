package io.platformapi.service.quota.reservation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.FailMode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reservations of the tenants, each tenant's requests together. */
public final class ReservationService {
  private static final Logger LOG = LoggerFactory.getLogger(ReservationService.class);
  private static final String DATA_ERROR = "22";

  private final QuotaStore store;
  private final QuotaBooks books;
  private final Checker checker;
  private final Lanes<GrantRequest> grants;
  private final Lanes<EndRequest> ends;
  private final Linger linger;
  private final BiConsumer<String, Instant> expires;
  private final Counter degraded;

  /**
   * @param linger of those who settle and release; who reserves waits for nobody
   * @param expires told the tenant and the end of a reservation's time
   */
  public ReservationService(
      QuotaStore store,
      QuotaBooks books,
      Granter granter,
      Ender ender,
      Checker checker,
      Linger linger,
      BiConsumer<String, Instant> expires,
      MeterRegistry meters) {
    this.store = store;
    this.books = books;
    this.checker = checker;
    this.linger = linger;
    this.grants = new Lanes<>(tenant -> {}, granter::grant);
    this.ends = new Lanes<>(linger::await, ender::end);
    this.expires = expires;
    this.degraded =
        Counter.builder("platform.quota.degraded")
            .description("Requests granted without a record while a tenant's database was away")
            .register(meters);
  }

  /**
   * Holds what a request wants of all quotas that count it, or of none.
   *
   * @return {@link Outcome.Granted}, {@link Outcome.Refused}, {@link Outcome.Replayed}, or {@link
   *     Outcome.Degraded} while the database is away and the tenant wants it so
   * @throws DatabaseUnavailableException when the database is away and the tenant fails closed;
   *     what was wished may be held nevertheless, until its time is over
   */
  public Outcome reserve(String tenantId, GrantRequest request) {
    try {
      Outcome outcome = linger.hurried(tenantId, () -> ask(grants, tenantId, request));
      if (outcome instanceof Outcome.Granted granted) {
        expires.accept(tenantId, granted.grant().reservation().expiresAt());
      }
      return outcome;
    } catch (DatabaseUnavailableException e) {
      if (!failsOpen(tenantId)) {
        throw e;
      }
      degraded.increment();
      LOG.warn("granted without a record: the database of {} is away", tenantId);
      return new Outcome.Degraded();
    }
  }

  /**
   * Tells what would be granted, each question for itself.
   *
   * @return for each {@link Outcome.Allowed}, {@link Outcome.Refused} or {@link Outcome.Degraded}
   * @throws DatabaseUnavailableException when the database is away, and needed, and the tenant
   *     fails closed
   */
  public List<Outcome> check(String tenantId, List<Checked> questions) {
    try {
      return checker.check(tenantId, questions);
    } catch (DatabaseUnavailableException e) {
      if (!failsOpen(tenantId)) {
        throw e;
      }
      return questions.stream().<Outcome>map(question -> new Outcome.Degraded()).toList();
    }
  }

  private boolean failsOpen(String tenantId) {
    try {
      return books.get(tenantId).failMode() == FailMode.OPEN;
    } catch (DatabaseUnavailableException e) {
      return false;
    }
  }

  /**
   * Settles or releases a reservation; the same end again is no error.
   *
   * @return {@link Outcome.Ended} or {@link Outcome.Replayed}
   * @throws ResourceNotFoundException when there is none, or it ended long ago
   * @throws io.platformapi.service.problem.ConflictException when it has ended otherwise
   */
  public Outcome end(String tenantId, EndRequest request) {
    try {
      return linger.patient(tenantId, () -> ask(ends, tenantId, request));
    } catch (SqlFailure failure) {
      if (failure.sqlState() != null && failure.sqlState().startsWith(DATA_ERROR)) {
        throw new ValidationException("actual", "is more than the tenant's book can count");
      }
      throw failure;
    }
  }

  /**
   * @throws ResourceNotFoundException when there is none, or it ended long ago
   */
  public Reservation get(String tenantId, UUID id) {
    return store
        .transaction(tenantId, transaction -> transaction.find(id))
        .orElseThrow(() -> new ResourceNotFoundException("reservation"));
  }

  private static <Q> Outcome ask(Lanes<Q> lanes, String tenantId, Q request) {
    Outcome outcome = lanes.ask(tenantId, request);
    if (outcome instanceof Outcome.Failed failed) {
      throw failed.failure();
    }
    return outcome;
  }
}
