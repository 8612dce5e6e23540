package io.platformapi.service.bench;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.Effect;
import io.platformapi.service.policy.engine.PolicySet;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.RoleInheritance;
import io.platformapi.service.policy.engine.Rule;
import io.platformapi.service.policy.engine.SubjectType;
import io.platformapi.service.policy.engine.TenantLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A policy set of a given size and shape with requests to it, out of a fixed seed. Conditions are
 * in the words that our language and Aviator share, so that both engines get the same rules.
 */
final class AbacPolicies {
  static final String TENANT = "acme";

  static final AttributeSchema SCHEMA =
      AttributeSchema.builtIn()
          .with(
              Map.of(
                  "subject.department", AttributeType.STRING,
                  "subject.clearance", AttributeType.INTEGER,
                  "subject.contractor", AttributeType.BOOLEAN,
                  "resource.project", AttributeType.STRING,
                  "resource.owner", AttributeType.STRING,
                  "resource.status", AttributeType.STRING,
                  "resource.level", AttributeType.INTEGER,
                  "resource.size", AttributeType.INTEGER,
                  "resource.shared", AttributeType.BOOLEAN));

  private static final int REQUESTS = 256;
  private static final int RULES_OF_ONE_PAIR = 10;
  private static final int DENY_EVERY = 8;
  private static final int LEVELS = 10;
  private static final int SIZES = 1_000_000;
  private static final int DEPARTMENTS = 40;
  private static final List<String> ACTIONS = List.of("read", "write", "share", "delete");
  private static final List<String> ROLES = List.of("member", "editor", "manager", "auditor");

  /** How the rules of a set are spread, and what their conditions are like. */
  enum Shape {
    /** Over many types, actions and roles: ten on a type and action. */
    SPREAD,
    /** All on one type, action and role; most ask for one project, department, owner or subject. */
    ONE_PLACE,
    /** The same, and no rule asks for a certain value: only ranges, and attributes compared. */
    RANGES,
    /** The same, and no test is one that rules can be looked up by: every rule is evaluated. */
    SUBSTRINGS
  }

  private final Shape shape;
  private final int size;
  private final Random random;
  private final List<Rule> rules = new ArrayList<>();
  private final List<AccessRequest> requests = new ArrayList<>();

  AbacPolicies(Shape shape, int size) {
    this.shape = shape;
    this.size = size;
    this.random = new Random(size * 31L + shape.ordinal());
    for (int i = 0; i < size; i++) {
      rules.add(rule(i));
    }
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(request(random.nextInt(size)));
    }
  }

  PolicySnapshot snapshot() {
    return PolicySnapshot.of(
        SCHEMA,
        new TenantLimits(Set.of(), Set.of()),
        PolicySet.EMPTY,
        TENANT,
        new PolicySet(1, rules, roles()));
  }

  List<Rule> rules() {
    return rules;
  }

  /** A manager is an editor, who is a member. */
  List<RoleInheritance> roles() {
    return List.of(
        new RoleInheritance("editor", "member"), new RoleInheritance("manager", "editor"));
  }

  List<AccessRequest> requests() {
    return requests;
  }

  private Rule rule(int number) {
    boolean deny = number % DENY_EVERY == DENY_EVERY - 1;
    boolean spread = shape == Shape.SPREAD;
    int pair = number / RULES_OF_ONE_PAIR;
    return new Rule(
        "rule-" + number,
        deny ? Effect.DENY : Effect.ALLOW,
        spread ? ROLES.get(number % ROLES.size()) : ROLES.get(0),
        spread ? type(pair) : type(0),
        spread ? action(pair) : action(0),
        switch (shape) {
          case SPREAD, ONE_PLACE -> condition(number, deny);
          case RANGES -> range(deny);
          case SUBSTRINGS -> "contains(resource.owner, 'part" + number + "')";
        },
        "");
  }

  private static String type(int pair) {
    return "type" + pair / ACTIONS.size();
  }

  private static String action(int pair) {
    return ACTIONS.get(pair % ACTIONS.size());
  }

  private String condition(int number, boolean deny) {
    if (deny) {
      return number % (2 * DENY_EVERY) == DENY_EVERY - 1
          ? project(number) + " && resource.level > subject.clearance"
          : project(number) + " && subject.contractor && resource.status == 'closed'";
    }
    return switch (number % 5) {
      case 0 -> project(number) + " && subject.clearance >= resource.level";
      case 1 ->
          "subject.department == 'department"
              + number % DEPARTMENTS
              + "' && "
              + project(number)
              + " && resource.size < "
              + random.nextInt(SIZES);
      case 2 -> "subject.id == 'user" + number + "' && resource.shared";
      case 3 -> "resource.owner == subject.id && " + project(number);
      default -> project(number) + " && (resource.shared || resource.status == 'open')";
    };
  }

  private static String project(int number) {
    return "resource.project == 'project" + number + "'";
  }

  private String range(boolean deny) {
    int level = random.nextInt(LEVELS);
    int from = random.nextInt(SIZES);
    String window = "resource.size >= " + from + " && resource.size < " + (from + SIZES / size);
    return deny
        ? window + " && resource.level > subject.clearance"
        : switch (random.nextInt(3)) {
          case 0 -> window + " && subject.clearance >= " + level;
          case 1 -> window + " && resource.owner == subject.id";
          default ->
              window + " && subject.clearance >= resource.level && resource.level < " + level;
        };
  }

  /** About a rule of the set, so that it is not only other rules' conditions that decide. */
  private AccessRequest request(int number) {
    int pair = shape == Shape.SPREAD ? number / RULES_OF_ONE_PAIR : 0;
    boolean owns = random.nextBoolean();
    String user = "user" + number;
    Map<String, Object> subject =
        Map.of(
            "department",
            "department" + number % DEPARTMENTS,
            "clearance",
            random.nextInt(LEVELS),
            "contractor",
            random.nextInt(4) == 0);
    Map<String, Object> resource =
        Map.of(
            "project",
            "project" + number,
            "owner",
            owns ? user : "somebody",
            "status",
            random.nextBoolean() ? "open" : "closed",
            "level",
            random.nextInt(LEVELS),
            "size",
            random.nextInt(SIZES),
            "shared",
            random.nextBoolean());
    return new AccessRequest(
        new AccessSubject(
            user,
            SubjectType.USER,
            TENANT,
            Set.of(ROLES.get(number % (ROLES.size() - 1))),
            Set.of("documents:read"),
            subject),
        action(pair),
        new AccessResource(type(pair), "resource" + number, TENANT, resource),
        new AccessEnvironment(
            Instant.parse("2026-01-31T12:00:00Z"), "10.1.2.3", "r1", "token", Map.of()));
  }
}
