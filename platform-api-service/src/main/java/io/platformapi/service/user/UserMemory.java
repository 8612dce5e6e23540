package io.platformapi.service.user;

import io.platformapi.service.auth.UserView;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.cache.SparseCache;
import io.platformapi.service.cache.WhileAway;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is remembered of users between requests. Whom a tenant does not know is remembered apart:
 * other services ask about subjects that are nobody's users.
 */
final class UserMemory {
  private static final int MAX_USERS = 100_000;
  // Changes are announced, so this only bounds what somebody changes in a database by hand.
  private static final Duration LIFE = Duration.ofSeconds(30);

  private final SparseCache<UserView> users;
  private final Changes changes;

  /**
   * @param reader asks the tenant's database
   * @param staleAtMost how old a user may get that cannot be compared with it
   */
  UserMemory(
      Function<UserKey, Optional<UserView>> reader,
      Caches caches,
      Changes changes,
      Duration staleAtMost) {
    CacheOptions<Optional<UserView>> options =
        CacheOptions.<Optional<UserView>>of(
                MAX_USERS, LIFE.compareTo(staleAtMost) < 0 ? LIFE : staleAtMost)
            .whileAway(WhileAway.KEEP_UNCHANGED, staleAtMost);
    this.users =
        caches.sparse(
            CacheKind.SUBJECT,
            "users",
            text -> reader.apply(UserKey.parse(text)),
            Supplier::get,
            options);
    this.changes = changes;
  }

  /**
   * The user, or empty when there is none.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when that is not known
   *     and cannot be read
   */
  Optional<UserView> get(UserKey key) {
    return users.get(key.text());
  }

  /**
   * Runs a change of users, which opens its transaction itself: when it returns, nothing older is
   * remembered of these keys here, and soon after nowhere.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException also when the change
   *     cannot be announced; nothing was done
   */
  <T> T around(List<UserKey> keys, Supplier<T> change) {
    return changes.around(CacheKind.SUBJECT, keys.stream().map(UserKey::text).toList(), change);
  }
}
