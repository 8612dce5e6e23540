package io.platformapi.service.quota;

import io.platformapi.service.cache.Cache;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.WhileAway;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.QuotaBook;
import java.time.Duration;

/** The tenants' quotas as they are loaded from their databases and kept for a while. */
final class LoadedBooks implements QuotaBooks {
  private static final int MAX_TENANTS = 10_000;
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofHours(24);

  private final InTenant inTenant;
  private final QuotaSql quotas = new QuotaSql();
  private final QuotaGrantSql grants = new QuotaGrantSql();
  private final Cache<Loaded> books;

  LoadedBooks(InTenant inTenant, Caches caches) {
    this.inTenant = inTenant;
    this.books =
        caches.keyed(
            CacheKind.QUOTA,
            "quotas",
            this::load,
            CacheOptions.<Loaded>of(MAX_TENANTS, TIME_TO_LIVE).whileAway(WhileAway.KEEP, LONGEST));
  }

  @Override
  public QuotaBook get(String tenantId) {
    return loaded(tenantId).book;
  }

  Loaded loaded(String tenantId) {
    return books.get(tenantId);
  }

  @Override
  public QuotaBook ofVersion(String tenantId, long version) {
    return books.get(tenantId, loaded -> loaded.book.version() == version, () -> load(tenantId))
        .book;
  }

  /**
   * @param planned whether the set has followed the tenant's plan, be it an earlier state of it
   */
  record Loaded(QuotaBook book, boolean planned) {}

  private Loaded load(String tenantId) {
    // A change between the two leaves a book of a version that is no longer the present one.
    return inTenant.sql(
        tenantId,
        connection -> {
          QuotaSet set = quotas.read(connection);
          return new Loaded(
              new QuotaBook(set.version(), set.failMode(), set.quotas(), grants.all(connection)),
              !quotas.stamp(connection).equals(PlanStamp.NEVER));
        });
  }
}
