package io.platformapi.service.user;

import io.platformapi.service.auth.UserView;
import io.platformapi.service.persistence.InTenant;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reads what authorization needs to know of a user from the tenant's database. */
final class UserViews {
  private final InTenant inTenant;
  private final UserDao users;

  UserViews(InTenant inTenant, UserDao users) {
    this.inTenant = inTenant;
    this.users = users;
  }

  /**
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when it cannot be read
   */
  Optional<UserView> read(UserKey key) {
    return inTenant.read(
        key.tenantId(),
        () ->
            switch (key.by()) {
              case SUBJECT -> users.ofSubject(key.value()).map(UserViews::view);
              case ID -> users.find(UUID.fromString(key.value())).map(UserViews::view);
            });
  }

  private static UserView view(User user) {
    Profile profile = user.profile();
    UserView.Status status =
        switch (profile.status()) {
          case ACTIVE -> UserView.Status.ACTIVE;
          case SUSPENDED -> UserView.Status.SUSPENDED;
          case DELETED -> UserView.Status.DELETED;
        };
    return new UserView(
        user.id().toString(),
        user.subject(),
        status,
        Set.copyOf(profile.roles()),
        Collections.unmodifiableMap(profile.attributes()));
  }
}
