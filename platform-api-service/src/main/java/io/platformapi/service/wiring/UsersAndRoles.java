package io.platformapi.service.wiring;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.UserView;
import io.platformapi.service.policy.KnownSubjects;
import io.platformapi.service.policy.PolicyFeature;
import io.platformapi.service.policy.engine.SubjectType;
import io.platformapi.service.user.RoleBook;
import io.platformapi.service.user.UserDirectory;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** Tells policies of users and users of roles, since neither feature knows the other. */
final class UsersAndRoles implements KnownSubjects, RoleBook {
  private UserDirectory users;
  private PolicyFeature policies;

  /** To be called once, before anybody asks. */
  void attach(UserDirectory users, PolicyFeature policies) {
    this.users = users;
    this.policies = policies;
  }

  /** Services and API keys have their roles by assignments, which policies know themselves. */
  @Override
  public Optional<Known> find(String tenantId, SubjectType type, String id) {
    return type == SubjectType.USER
        ? users.known(tenantId, id).map(UsersAndRoles::known)
        : Optional.empty();
  }

  @Override
  public boolean anyHas(String tenantId, String role) {
    return users.anyHas(tenantId, role);
  }

  @Override
  public Set<String> unknown(String tenantId, Collection<String> names) {
    return policies.unknownRoles(tenantId, names);
  }

  @Override
  public boolean mayAssign(Caller caller, Collection<String> names) {
    return policies.mayAssign(caller, names);
  }

  private static Known known(UserView user) {
    return new Known(user.status() == UserView.Status.ACTIVE, user.roles(), user.attributes());
  }
}
