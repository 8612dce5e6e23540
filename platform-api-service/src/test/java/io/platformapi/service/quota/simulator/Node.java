package io.platformapi.service.quota.simulator;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.reservation.Chances;
import io.platformapi.service.quota.reservation.Checker;
import io.platformapi.service.quota.reservation.CopyRepair;
import io.platformapi.service.quota.reservation.Ender;
import io.platformapi.service.quota.reservation.Expiry;
import io.platformapi.service.quota.reservation.Granter;
import io.platformapi.service.quota.reservation.KnownReservations;
import io.platformapi.service.quota.reservation.QuotaStore;
import io.platformapi.service.quota.reservation.QuotaTransaction;
import io.platformapi.service.quota.reservation.QuotaWork;
import io.platformapi.service.quota.reservation.Reservation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** A node: the code under test, with a clock of its own and the quotas as it knows them. */
final class Node extends Clock implements QuotaStore, QuotaBooks {
  private static final Duration REPAIR_INTERVAL = Duration.ofSeconds(2);

  final Granter granter;
  final Ender ender;
  final Expiry expiry;
  final Checker checker;
  final Ingest ingest;
  final CopyRepair repair;

  private final World world;
  private final int number;
  private Duration skew = Duration.ZERO;
  private final Map<UUID, Reservation> made = new HashMap<>();
  private QuotaBook book;

  Node(World world, int number) {
    this.world = world;
    this.number = number;
    BalanceCopy copy = world.copy;
    QuotaWork work = new QuotaWork(this, this, this);
    KnownReservations known = new Memory();
    this.expiry = new Expiry(work, copy);
    this.granter = new Granter(work, expiry, copy, this::id, known, new Luck());
    this.ender = new Ender(work, copy, this::id, known, new Luck());
    this.checker = new Checker(work, this, expiry, copy);
    this.ingest = new Ingest(this, work, copy);
    this.repair = new CopyRepair(this, world.copy, REPAIR_INTERVAL);
  }

  private final class Memory implements KnownReservations {
    @Override
    public void add(String tenantId, Reservation one) {
      world.current().call(() -> made.put(one.id(), one));
    }

    @Override
    public Optional<Reservation> take(String tenantId, UUID id) {
      return world.current().call(() -> Optional.ofNullable(made.remove(id)));
    }
  }

  /** Both ways are gone, whatever became of the one before. */
  private final class Luck extends Chances {
    private static final int PERCENT = 70;

    @Override
    public boolean worthTrying(String tenantId) {
      return world.current().call(() -> world.luck.percent(PERCENT));
    }
  }

  String name() {
    return "node" + number;
  }

  void skew(Duration next) {
    skew = next;
  }

  /** What its memory held is lost. */
  void forget() {
    book = null;
    made.clear();
  }

  /** Its present time. */
  Instant now() {
    return world.now().plus(skew);
  }

  private UUID id() {
    return world.current().call(world::id);
  }

  @Override
  public <T> T transaction(String tenantId, Function<QuotaTransaction, T> work) {
    return inTransaction(work::apply);
  }

  <T> T inTransaction(Function<SimulatedTransaction, T> work) {
    Task task = world.current();
    SimulatedTransaction transaction = task.call(() -> world.database.begin(task));
    T done;
    try {
      done = work.apply(transaction);
    } catch (RuntimeException e) {
      task.call(
          () -> {
            world.database.end(transaction, false);
            return null;
          });
      throw e;
    }
    task.call("commits", () -> commit(transaction));
    return done;
  }

  /** What is committed may be told or not; and what is not may have been meant to be. */
  private boolean commit(SimulatedTransaction transaction) {
    if (world.fails()) {
      world.database.end(transaction, false);
      throw new DatabaseUnavailableException("the connection broke before the commit", null);
    }
    world.commit(transaction);
    if (world.fails()) {
      throw new DatabaseUnavailableException("the connection broke after the commit", null);
    }
    return true;
  }

  @Override
  public QuotaBook get(String tenantId) {
    return world
        .current()
        .call(
            () -> {
              if (book == null) {
                book = world.database.book();
              }
              return book;
            });
  }

  @Override
  public QuotaBook ofVersion(String tenantId, long version) {
    return world
        .current()
        .call(
            () -> {
              book = world.database.book();
              return book;
            });
  }

  @Override
  public Instant instant() {
    return world.current().call(this::now);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
