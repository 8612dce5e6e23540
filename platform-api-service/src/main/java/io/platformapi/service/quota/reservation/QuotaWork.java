package io.platformapi.service.quota.reservation;

import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.balance.StaleQuotasException;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;

/**
 * Runs work by a tenant's present quotas, each attempt in one transaction, anew when the quotas
 * have changed, when balances had to be made first, or when others were faster.
 */
public final class QuotaWork {
  private static final int ATTEMPTS = 20;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final QuotaStore store;
  private final QuotaBooks books;
  private final Clock clock;

  public QuotaWork(QuotaStore store, QuotaBooks books, Clock clock) {
    this.store = store;
    this.books = books;
    this.clock = clock;
  }

  /** One attempt. */
  @FunctionalInterface
  public interface Attempt<T> {

    /**
     * @param book must be of the version that the transaction finds: see {@link #check}
     * @param now microseconds
     */
    T run(QuotaTransaction transaction, QuotaBook book, Instant now);
  }

  /**
   * @throws UnavailableException when others are faster again and again
   */
  public <T> T run(String tenantId, Attempt<T> attempt) {
    for (int i = 0; i < ATTEMPTS; i++) {
      QuotaBook book = books.get(tenantId);
      Instant now = now();
      try {
        return store.transaction(tenantId, transaction -> attempt.run(transaction, book, now));
      } catch (StaleQuotasException e) {
        books.ofVersion(tenantId, e.version());
      } catch (MissingBalancesException e) {
        make(tenantId, book, e.missing());
      } catch (ContendedException e) {
        // Those others are through.
        continue;
      }
    }
    throw new UnavailableException("the quotas are changed all the time", RETRY_AFTER);
  }

  /** Opens a transaction and makes sure that it goes by the present quotas. */
  static Opened open(QuotaTransaction transaction, QuotaBook book, Opening opening) {
    Opened opened = transaction.open(opening);
    check(book, opened.version());
    return opened;
  }

  /**
   * @throws StaleQuotasException when the quotas at hand are not the present ones
   */
  public static void check(QuotaBook book, long version) {
    if (book.version() != version) {
      throw new StaleQuotasException(version);
    }
  }

  /** Makes balances, if the quotas are still those at hand. */
  public void make(String tenantId, QuotaBook book, SortedMap<BalanceKey, Quota> missing) {
    try {
      store.transaction(
          tenantId,
          transaction -> {
            Instant now = now();
            if (transaction.open(Opening.bare(now)).version() == book.version()) {
              transaction.make(missing, now);
            }
            return null;
          });
    } catch (ContendedException e) {
      // Whoever needs them asks again.
      return;
    }
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
