package io.platformapi.service.user;

import io.platformapi.service.auth.UserView;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is remembered of users between requests; the way to whatever remembers it. */
interface UserMemory {

  /** The user, or empty when there is none. */
  Optional<UserView> get(UserKey key);

  /**
   * Runs a change of users: when it returns, nothing older is remembered of these keys here, and
   * soon after nowhere.
   */
  <T> T around(List<UserKey> keys, Supplier<T> change);
}
