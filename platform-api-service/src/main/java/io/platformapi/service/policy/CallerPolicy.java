package io.platformapi.service.policy;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.auth.AccessPolicy;
import io.platformapi.service.auth.Asker;
import io.platformapi.service.auth.Credential;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Rights;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.SubjectType;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Decides about this service's own endpoints by the policy of the caller's tenant. */
final class CallerPolicy implements AccessPolicy {
  private final PolicySnapshots snapshots;
  private final Clock clock;
  private final MeterRegistry meters;

  CallerPolicy(PolicySnapshots snapshots, Clock clock, MeterRegistry meters) {
    this.snapshots = snapshots;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public Rights of(Asker asker, Permission permission) {
    TenantPolicy policy = asker.heldByTenant() ? snapshots.of(asker.tenant()) : null;
    return new CallerRights(
        policy == null ? snapshots.platform() : policy.snapshot(),
        policy == null ? Vocabulary.OF_PLATFORM : policy.vocabulary(),
        policy == null ? subject(asker, Set.of(), Map.of()) : subject(asker, policy),
        permission,
        environment(asker.circumstances()),
        meters);
  }

  private static AccessSubject subject(Asker asker, TenantPolicy policy) {
    Set<String> assigned =
        asker.kind() == Asker.Kind.USER
            ? Set.of()
            : policy.rolesOf(new SubjectRef(type(asker.kind()).text(), asker.id()));
    return subject(asker, assigned, declared(asker.attributes(), policy));
  }

  private static AccessSubject subject(
      Asker asker, Set<String> assigned, Map<String, Object> attributes) {
    return new AccessSubject(
        asker.id(),
        type(asker.kind()),
        asker.tenant(),
        union(asker.roles(), assigned),
        asker.scopes(),
        attributes);
  }

  private static Set<String> union(Set<String> own, Set<String> assigned) {
    if (assigned.isEmpty()) {
      return own;
    }
    if (own.isEmpty()) {
      return assigned;
    }
    Set<String> all = new HashSet<>(own);
    all.addAll(assigned);
    return all;
  }

  private static Map<String, Object> declared(Map<String, Object> values, TenantPolicy policy) {
    if (values.isEmpty()) {
      return values;
    }
    Map<String, Object> declared = new HashMap<>(values);
    declared.keySet().retainAll(policy.vocabulary().schema().subject().keySet());
    return declared;
  }

  private AccessEnvironment environment(Asker.Circumstances circumstances) {
    return new AccessEnvironment(
        clock.instant(),
        circumstances.ip(),
        circumstances.requestId(),
        circumstances.credential() == Credential.Kind.API_KEY ? "api_key" : "token",
        Map.of());
  }

  private static SubjectType type(Asker.Kind kind) {
    return switch (kind) {
      case USER -> SubjectType.USER;
      case SERVICE -> SubjectType.SERVICE;
      case API_KEY -> SubjectType.API_KEY;
    };
  }
}
