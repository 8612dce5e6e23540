package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Policies and requests out of a seed, with values so few that they often meet. */
final class GeneratedPolicies {
  static final String TENANT = "acme";
  static final TenantLimits LIMITS = new TenantLimits(Set.of("platform"), Set.of("operator"));
  static final Map<String, AttributeType> DECLARED = declared();
  static final AttributeSchema SCHEMA = AttributeSchema.builtIn().with(DECLARED);

  private static final List<String> ROLES = List.of("r0", "r1", "r2", "r3", "r4", "operator");
  private static final List<String> TYPES = List.of("doc", "bill", "platform");
  private static final List<String> ACTIONS = List.of("read", "write");
  private static final List<String> STRINGS =
      List.of(
          "a",
          "b",
          "ab",
          "for",
          "x => y",
          "r.subject",
          "#{1}",
          "it's \"q\" \\\\",
          "\u00fc\ud83d\ude00",
          "ab".repeat(20),
          "ab".repeat(30) + "b",
          "");
  private static final List<String> DECIMALS = List.of("0.5", "1.00", "-3.25", "2", "0.1");
  private static final List<String> TIMES =
      List.of(
          "2026-01-01T00:00:00Z",
          "2026-01-01T01:00:00+01:00",
          "2026-06-30T12:30:00.000001Z",
          "1969-12-31T23:59:59.999999Z");
  private static final List<String> ADDRESSES =
      List.of("10.1.2.3", "192.168.0.7", "2001:db8::5", "::1", "not an address", "010.1.2.3");
  private static final List<String> NETWORKS =
      List.of("10.0.0.0/8", "192.168.0.0/30", "2001:db8::/33", "0.0.0.0/0", "::1/128");

  private final Random random;

  GeneratedPolicies(long seed) {
    this.random = new Random(seed);
  }

  private static Map<String, AttributeType> declared() {
    Map<String, AttributeType> declared = new LinkedHashMap<>();
    for (String root : List.of("subject.", "resource.")) {
      declared.put(root + "name", AttributeType.STRING);
      declared.put(root + "team", AttributeType.STRING);
      declared.put(root + "level", AttributeType.INTEGER);
      declared.put(root + "score", AttributeType.DECIMAL);
      declared.put(root + "open", AttributeType.BOOLEAN);
      declared.put(root + "since", AttributeType.TIME);
      declared.put(root + "tags", AttributeType.STRING_LIST);
    }
    declared.put("env.country", AttributeType.STRING);
    return declared;
  }

  /** A few rules about anything. */
  PolicySet policy(int version) {
    List<Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      rules.add(rule(rules.size(), 1, anyOr(ROLES), anyOr(TYPES), anyOr(ACTIONS), condition()));
    }
    return new PolicySet(version, rules, links());
  }

  /** Most rules in one place and with constants to look them up by. */
  PolicySet crowdedPolicy(int version, int count) {
    List<Rule> rules = new ArrayList<>();
    String role = random.nextBoolean() ? Rule.ANY : anyOr(ROLES);
    String type = anyOr(TYPES);
    String action = anyOr(ACTIONS);
    int denials = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      boolean same = random.nextInt(10) > 0;
      rules.add(
          rule(
              i,
              denials,
              same ? role : anyOr(ROLES),
              same ? type : anyOr(TYPES),
              same ? action : anyOr(ACTIONS),
              constants()));
    }
    return new PolicySet(version, rules, links());
  }

  /**
   * @param denials how many out of five are denials
   */
  private Rule rule(
      int number, int denials, String role, String type, String action, String condition) {
    Effect effect = random.nextInt(5) < denials ? Effect.DENY : Effect.ALLOW;
    return new Rule("rule-" + number, effect, role, type, action, condition, "");
  }

  private List<RoleInheritance> links() {
    List<RoleInheritance> links = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      int heir = random.nextInt(ROLES.size() - 1);
      links.add(
          new RoleInheritance(
              ROLES.get(heir), ROLES.get(heir + 1 + random.nextInt(ROLES.size() - heir - 1))));
    }
    return links;
  }

  private String anyOr(List<String> names) {
    return random.nextInt(3) == 0 ? Rule.ANY : pick(names);
  }

  private String constants() {
    if (random.nextInt(6) == 0) {
      return part(2);
    }
    List<String> tests = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      tests.add(constantTest());
    }
    return String.join(random.nextInt(8) == 0 ? " || " : " && ", tests);
  }

  private String constantTest() {
    AttributeType type =
        pick(
            List.of(
                AttributeType.STRING,
                AttributeType.STRING,
                AttributeType.INTEGER,
                AttributeType.DECIMAL,
                AttributeType.TIME));
    String path = path(type);
    return switch (random.nextInt(9)) {
      case 0 -> path + " in " + list(type);
      case 1 -> literal(AttributeType.STRING) + " in " + path(AttributeType.STRING_LIST);
      case 2 ->
          "startsWith(" + path(AttributeType.STRING) + ", " + literal(AttributeType.STRING) + ")";
      case 3 -> "has(" + path + ") && " + path + " == " + literal(type);
      case 4 -> "!(" + literal(type) + " == " + path + ")";
      case 5 -> "(" + path + " == " + literal(type) + " || " + path + " == " + literal(type) + ")";
      case 6 -> path(AttributeType.BOOLEAN);
      case 7 -> path + " == " + literal(type);
      default -> order();
    };
  }

  private String condition() {
    return random.nextInt(8) == 0 ? "" : part(2);
  }

  private String part(int depth) {
    int kind = depth == 0 ? 3 : random.nextInt(6);
    return switch (kind) {
      case 0 -> "(" + part(depth - 1) + " && " + part(depth - 1) + ")";
      case 1 -> "(" + part(depth - 1) + " || " + part(depth - 1) + ")";
      case 2 -> "!" + (random.nextBoolean() ? "(" + part(depth - 1) + ")" : "has(" + path() + ")");
      default -> test();
    };
  }

  private String test() {
    return switch (random.nextInt(10)) {
      case 0 -> "has(" + path() + ")";
      case 1 -> path(AttributeType.BOOLEAN);
      case 2 -> in();
      case 3 ->
          operand(AttributeType.STRING)
              + " in "
              + pick(List.of("subject.tags", "resource.tags", "subject.roles", "subject.scopes"));
      case 4, 5 -> text();
      case 6 -> "inCidr(env.ip, '" + pick(NETWORKS) + "')";
      case 7 -> pick(List.of("true", "false"));
      default -> comparison();
    };
  }

  private String in() {
    AttributeType type =
        pick(
            List.of(
                AttributeType.STRING,
                AttributeType.INTEGER,
                AttributeType.DECIMAL,
                AttributeType.BOOLEAN,
                AttributeType.TIME));
    return path(type) + " in " + list(type);
  }

  private String list(AttributeType type) {
    List<String> elements = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      elements.add(literal(type));
    }
    return "[" + String.join(", ", elements) + "]";
  }

  private String text() {
    String function = pick(List.of("startsWith", "endsWith", "contains"));
    String first = operand(AttributeType.STRING);
    String second =
        !first.startsWith("\"") && random.nextBoolean()
            ? literal(AttributeType.STRING)
            : path(AttributeType.STRING);
    return function + "(" + first + ", " + second + ")";
  }

  private String comparison() {
    AttributeType type =
        pick(
            List.of(
                AttributeType.STRING,
                AttributeType.INTEGER,
                AttributeType.DECIMAL,
                AttributeType.BOOLEAN,
                AttributeType.TIME));
    boolean ordered = type != AttributeType.STRING && type != AttributeType.BOOLEAN;
    String sign = pick(ordered ? List.of("==", "!=", "<", "<=", ">", ">=") : List.of("==", "!="));
    AttributeType other =
        type == AttributeType.INTEGER && random.nextInt(3) == 0 ? AttributeType.DECIMAL : type;
    return random.nextBoolean()
        ? path(type) + " " + sign + " " + operand(other)
        : operand(type) + " " + sign + " " + path(other);
  }

  private String order() {
    AttributeType type =
        pick(List.of(AttributeType.INTEGER, AttributeType.DECIMAL, AttributeType.TIME));
    String sign = pick(List.of("<", "<=", ">", ">="));
    return random.nextInt(3) == 0
        ? literal(type) + " " + sign + " " + path(type)
        : path(type) + " " + sign + " " + literal(type);
  }

  private String operand(AttributeType type) {
    return random.nextBoolean() ? path(type) : literal(type);
  }

  private String path() {
    return pick(new ArrayList<>(SCHEMA.attributes().keySet()));
  }

  private String path(AttributeType type) {
    List<String> paths = new ArrayList<>();
    SCHEMA
        .attributes()
        .forEach(
            (path, itsType) -> {
              if (itsType == type) {
                paths.add(path);
              }
            });
    return pick(paths);
  }

  private String literal(AttributeType type) {
    return switch (type) {
      case STRING -> "\"" + pick(STRINGS).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
      case INTEGER -> Integer.toString(random.nextInt(4) - 1);
      case DECIMAL -> decimal();
      case BOOLEAN -> Boolean.toString(random.nextBoolean());
      case TIME -> "time('" + pick(TIMES) + "')";
      case STRING_LIST -> throw new IllegalArgumentException();
    };
  }

  private String decimal() {
    String text = pick(DECIMALS);
    return text.contains(".") ? text : text + ".0";
  }

  GeneratedRequest request() {
    Map<String, Object> values = new HashMap<>();
    DECLARED.forEach((path, type) -> put(values, path, value(type)));
    put(values, "subject.id", pick(STRINGS));
    put(values, "subject.type", pick(List.of("user", "service", "api_key")));
    put(values, "subject.tenant", pick(List.of(TENANT, "other")));
    Set<String> roles = new HashSet<>(some(ROLES));
    values.put("subject.roles", roles);
    values.put("subject.scopes", new HashSet<>(some(STRINGS)));
    values.put("resource.type", pick(TYPES));
    put(values, "resource.id", pick(STRINGS));
    put(values, "resource.tenant", pick(List.of(TENANT, TENANT, TENANT, "other")));
    put(values, "env.time", Instant.parse("2026-01-01T00:00:00Z").plusNanos(random.nextInt(3)));
    put(values, "env.ip", pick(ADDRESSES));
    put(values, "env.credential", pick(STRINGS));
    return new GeneratedRequest(roles, pick(ACTIONS), values);
  }

  private void put(Map<String, Object> values, String path, Object value) {
    if (random.nextInt(5) > 0) {
      values.put(path, value);
    }
  }

  private Object value(AttributeType type) {
    AttributeType given = random.nextInt(10) == 0 ? pick(List.of(AttributeType.values())) : type;
    return switch (given) {
      case STRING -> random.nextInt(30) == 0 ? "\ud800" : pick(STRINGS);
      case INTEGER ->
          random.nextBoolean() ? (Object) (random.nextInt(4) - 1) : (long) random.nextInt(4) - 1;
      case DECIMAL ->
          random.nextBoolean()
              ? (Object) new BigDecimal(pick(DECIMALS))
              : Double.valueOf(pick(DECIMALS));
      case BOOLEAN -> random.nextBoolean();
      case TIME ->
          random.nextBoolean() ? (Object) pick(TIMES) : Instant.parse("2026-01-01T00:00:00.000Z");
      case STRING_LIST -> random.nextInt(10) == 0 ? List.of("a", 1) : strings();
    };
  }

  private List<String> strings() {
    List<String> strings = some(STRINGS);
    if (random.nextInt(5) == 0) {
      IntStream.range(0, 20).mapToObj(number -> "tag" + number).forEach(strings::add);
    }
    return strings;
  }

  /** Values that a column of the type can have, NULL too. */
  Object column(AttributeType type) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    return switch (type) {
      case STRING -> pick(STRINGS);
      case INTEGER -> (long) random.nextInt(4) - 1;
      case DECIMAL -> new BigDecimal(pick(DECIMALS));
      case BOOLEAN -> random.nextBoolean();
      case TIME -> OffsetDateTime.parse(pick(TIMES)).toInstant();
      case STRING_LIST -> some(STRINGS);
    };
  }

  private <T> List<T> some(List<T> values) {
    List<T> some = new ArrayList<>();
    for (T value : values) {
      if (random.nextInt(4) == 0) {
        some.add(value);
      }
    }
    return some;
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
