package io.platformapi.service.quota.reservation;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.testing.TestDatabases;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A store whose transactions are cut off now and then, before the commit or after it. */
final class CrashingStore implements QuotaStore {
  private final QuotaStore store;
  private final UnaryOperator<String> databases;
  private final Random random;
  private final int oneIn;
  int crashes;

  /**
   * @param databases name of a tenant's database
   * @param oneIn so many transactions is cut off, on average
   */
  CrashingStore(QuotaStore store, UnaryOperator<String> databases, Random random, int oneIn) {
    this.store = store;
    this.databases = databases;
    this.random = random;
    this.oneIn = oneIn;
  }

  @Override
  public <T> T transaction(String tenantId, Function<QuotaTransaction, T> work) {
    if (random.nextInt(oneIn) != 0) {
      return store.transaction(tenantId, work);
    }
    crashes++;
    switch (random.nextInt(3)) {
      case 0 -> throw new DatabaseUnavailableException("the node died before it began", null);
      case 1 ->
          store.transaction(
              tenantId,
              transaction -> {
                work.apply(transaction);
                kill(databases.apply(tenantId));
                return null;
              });
      default -> store.transaction(tenantId, work);
    }
    throw new DatabaseUnavailableException("the answer was lost", null);
  }

  /** The server ends all sessions, the one that is about to commit among them. */
  private static void kill(String database) {
    TestDatabases.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");
  }
}
