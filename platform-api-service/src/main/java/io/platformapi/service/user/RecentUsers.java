package io.platformapi.service.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.platformapi.service.auth.UserView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Remembers users for a second, on this node alone. */
final class RecentUsers implements UserMemory {
  private static final int MAX_USERS = 100_000;
  private static final Duration LIFE = Duration.ofSeconds(1);

  private final Cache<String, Optional<UserView>> users =
      Caffeine.newBuilder().maximumSize(MAX_USERS).expireAfterWrite(LIFE).build();
  private final Function<UserKey, Optional<UserView>> reader;

  RecentUsers(Function<UserKey, Optional<UserView>> reader) {
    this.reader = reader;
  }

  @Override
  public Optional<UserView> get(UserKey key) {
    return users.get(key.text(), text -> reader.apply(UserKey.parse(text)));
  }

  @Override
  public <T> T around(List<UserKey> keys, Supplier<T> change) {
    try {
      return change.get();
    } finally {
      users.invalidateAll(keys.stream().map(UserKey::text).toList());
    }
  }
}
