package io.platformapi.service.policy;

import io.platformapi.service.auth.Permission;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.SubjectType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns what a service asks into what the engine takes: only declared attributes, and what the
 * tenant itself knows of a subject in the place of what the service says of it.
 */
final class QuestionReader {
  static final String TIME = "time";

  private static final String IP = "ip";
  private static final String CREDENTIAL = "credential";
  private static final Set<String> BUILT_IN_CONTEXT = Set.of(TIME, IP, CREDENTIAL);

  private final KnownSubjects subjects;
  private final Clock clock;

  QuestionReader(KnownSubjects subjects, Clock clock) {
    this.subjects = subjects;
    this.clock = clock;
  }

  /**
   * @param asked checked by {@link QuestionRules}
   */
  Question read(TenantPolicy policy, CheckRequest asked, String requestId) {
    PolicySchema schema = policy.vocabulary().schema();
    SubjectType type = type(asked.subject().type()).orElseThrow();
    Optional<KnownSubjects.Known> known =
        subjects.find(policy.tenantId(), type, asked.subject().id());
    Map<String, Object> said = orEmpty(asked.subject().attributes());
    Map<String, Object> given = new HashMap<>(said);
    known.ifPresent(subject -> given.putAll(subject.attributes()));

    List<String> ignored = new ArrayList<>();
    AccessSubject subject =
        new AccessSubject(
            asked.subject().id(),
            type,
            policy.tenantId(),
            roles(policy, type, asked.subject(), known),
            asked.subject().scopes() == null
                ? Set.of(Permission.ROLES)
                : Set.copyOf(asked.subject().scopes()),
            declared(Vocabulary.SUBJECT, given, schema.subject().keySet(), said.keySet(), ignored));
    Map<String, Object> properties = orEmpty(asked.resource().attributes());
    AccessResource resource =
        new AccessResource(
            asked.resource().type(),
            asked.resource().id(),
            policy.tenantId(),
            declared(
                Vocabulary.RESOURCE,
                properties,
                policy.vocabulary().resourceAttributes(asked.resource().type()).keySet(),
                properties.keySet(),
                ignored));
    return new Question(
        new AccessRequest(
            subject,
            asked.action(),
            resource,
            environment(orEmpty(asked.context()), schema, requestId, ignored)),
        known.map(KnownSubjects.Known::active).orElse(true),
        ignored);
  }

  static Optional<SubjectType> type(String text) {
    return Arrays.stream(SubjectType.values()).filter(type -> type.text().equals(text)).findFirst();
  }

  /** RFC 3339, seconds may be left out; empty when it is no time. */
  static Optional<Instant> time(Object value) {
    try {
      return value instanceof String text
          ? Optional.of(OffsetDateTime.parse(text).toInstant())
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Set<String> roles(
      TenantPolicy policy,
      SubjectType type,
      AskedSubject asked,
      Optional<KnownSubjects.Known> known) {
    if (known.isPresent()) {
      return Set.copyOf(known.get().roles());
    }
    Set<String> assigned = policy.rolesOf(new SubjectRef(type.text(), asked.id()));
    if (!assigned.isEmpty()) {
      return Set.copyOf(assigned);
    }
    return asked.roles() == null ? Set.of() : Set.copyOf(asked.roles());
  }

  private AccessEnvironment environment(
      Map<String, Object> context, PolicySchema schema, String requestId, List<String> ignored) {
    Map<String, Object> rest = new HashMap<>(context);
    rest.keySet().removeAll(BUILT_IN_CONTEXT);
    // A time that cannot be read is absent: no rule that needs it allows anything then.
    Instant time =
        context.get(TIME) == null ? clock.instant() : time(context.get(TIME)).orElse(null);
    return new AccessEnvironment(
        time,
        context.get(IP) instanceof String ip ? ip : null,
        requestId,
        context.get(CREDENTIAL) instanceof String credential ? credential : null,
        declared(Vocabulary.CONTEXT, rest, schema.context().keySet(), rest.keySet(), ignored));
  }

  private static Map<String, Object> declared(
      String prefix,
      Map<String, Object> values,
      Set<String> declared,
      Set<String> asked,
      List<String> ignored) {
    Map<String, Object> kept = new HashMap<>();
    values.forEach(
        (name, value) -> {
          if (declared.contains(name)) {
            kept.put(name, plain(value));
          } else if (asked.contains(name)) {
            ignored.add(prefix + name);
          }
        });
    return kept;
  }

  private static Object plain(Object value) {
    return value instanceof BigInteger large ? new BigDecimal(large) : value;
  }

  private static Map<String, Object> orEmpty(Map<String, Object> map) {
    return map == null ? Map.of() : map;
  }
}
