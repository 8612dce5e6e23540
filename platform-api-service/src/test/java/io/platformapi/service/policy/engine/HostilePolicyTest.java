package io.platformapi.service.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies and requests made by somebody who wants a wrong answer, or none in time. */
class HostilePolicyTest {
  private static final ThreadMXBean PROCESSOR = ManagementFactory.getThreadMXBean();
  private static final int NUMBERS = 65;
  private static final TenantLimits NO_LIMITS = new TenantLimits(Set.of(), Set.of());
  private static final AttributeSchema SCHEMA = AttributeSchema.builtIn().with(declared());

  private static Map<String, AttributeType> declared() {
    Map<String, AttributeType> declared =
        new HashMap<>(
            Map.of(
                "resource.text", AttributeType.STRING,
                "resource.part", AttributeType.STRING,
                "resource.list", AttributeType.STRING_LIST,
                "resource.number", AttributeType.INTEGER,
                "resource.decimal", AttributeType.DECIMAL,
                "resource.flag", AttributeType.BOOLEAN,
                "resource.time", AttributeType.TIME));
    for (int i = 0; i < NUMBERS; i++) {
      declared.put("resource.n" + i, AttributeType.INTEGER);
    }
    return declared;
  }

  @Test
  void textsThatNearlyMatchEverywhereTakeNoLonger() throws Exception {
    String condition =
        IntStream.range(0, 60)
            .mapToObj(i -> "contains(resource.text, resource.part)")
            .collect(Collectors.joining("||"));
    PolicySnapshot snapshot =
        tenant(rules(240, Effect.ALLOW, i -> condition + " || resource.number == " + i));
    Map<String, Object> resource =
        Map.of("text", "a".repeat(4_096), "part", "a".repeat(2_047) + "b", "number", -1);
    assertThat(inTime(() -> snapshot.decide(about(resource))).allowed()).isFalse();
  }

  @Test
  void aListOfThousandsTakesNoLongerThanItsHash() throws Exception {
    PolicySnapshot snapshot =
        tenant(
            rules(
                2_000, Effect.DENY, i -> "subject.id in resource.list || resource.number == " + i));
    List<String> list = IntStream.range(0, 10_000).mapToObj(i -> "member" + i).toList();
    AccessRequest request = about(Map.of("list", list, "number", -1));
    inTime(
        () -> {
          for (int i = 0; i < 400; i++) {
            assertThat(snapshot.decide(request).reason()).isEqualTo(DecisionReason.NO_RULE_ALLOWS);
          }
          return null;
        });
  }

  @Test
  void textsOfOneHashTakeNoLonger() throws Exception {
    List<String> alike = ofOneHash(10_000);
    PolicySnapshot snapshot =
        tenant(rules(10_000, Effect.ALLOW, i -> "resource.text == '" + alike.get(i) + "'"));
    AccessRequest one = about(Map.of("text", alike.get(9_999), "list", alike));
    AccessRequest none = about(Map.of("text", ofOneHash(20_000).get(19_999), "list", alike));
    PolicySnapshot lists =
        tenant(rules(1_000, Effect.ALLOW, i -> "'" + alike.get(i) + "x' in resource.list"));
    inTime(
        () -> {
          for (int i = 0; i < 250_000; i++) {
            assertThat(snapshot.decide(one).decidedBy().ruleId()).isEqualTo("rule-9999");
            assertThat(snapshot.decide(none).allowed()).isFalse();
          }
          return lists.decide(one);
        });
  }

  @Test
  void whatADecisionCostsIsBoundedAndBeyondThatItDenies() {
    String parts =
        IntStream.range(0, NUMBERS)
            .mapToObj(i -> "resource.decimal==resource.n" + i)
            .collect(Collectors.joining("||"));
    Map<String, Object> resource = new HashMap<>(Map.of("decimal", -1, "number", 1));
    IntStream.range(0, NUMBERS).forEach(i -> resource.put("n" + i, i));

    List<Rule> denies = rules(1_500, Effect.DENY, i -> parts + " ".repeat(i));
    AccessDecision denied = tenant(and(denies, "allow", "")).decide(about(resource));
    assertThat(denied.reason()).isEqualTo(DecisionReason.DENIED_BY_UNCERTAIN_RULE);
    assertThat(denied.errors())
        .extracting(EvaluationError::message)
        .containsExactly("there is too much to evaluate");

    List<Rule> allows = rules(1_500, Effect.ALLOW, i -> parts + " ".repeat(i));
    AccessDecision unallowed =
        tenant(and(allows, "last", "resource.decimal != resource.n0")).decide(about(resource));
    assertThat(unallowed.reason()).isEqualTo(DecisionReason.NO_RULE_ALLOWS);
    assertThat(unallowed.errors()).hasSize(1);

    List<Rule> most = rules(500, Effect.ALLOW, i -> parts + " ".repeat(i));
    AccessDecision allowed =
        tenant(and(most, "last", "resource.decimal != resource.n0")).decide(about(resource));
    assertThat(allowed.decidedBy()).isEqualTo(new DecidedBy(Layer.TENANT, "last"));
    assertThat(allowed.errors()).isEmpty();
  }

  @Test
  void rolesThatInheritEachOtherAreOneAndNoEndlessWay() throws Exception {
    PolicySet platform =
        new PolicySet(
            1,
            List.of(new Rule("p", Effect.ALLOW, "c", "doc", "read", "", "")),
            List.of(new RoleInheritance("a", "b"), new RoleInheritance("b", "c")));
    PolicySet own =
        new PolicySet(
            1,
            List.of(new Rule("t", Effect.DENY, "a", "doc", "write", "", "")),
            List.of(new RoleInheritance("c", "a"), new RoleInheritance("d", "d")));
    PolicySnapshot snapshot = inTime(() -> snapshot(platform, own));
    for (String role : List.of("a", "b", "c")) {
      assertThat(snapshot.decide(by(Set.of(role))).decidedBy().ruleId()).isEqualTo("p");
    }
    for (String role : List.of("d", "A", "a ", "", "stranger")) {
      assertThat(snapshot.decide(by(Set.of(role))).allowed()).as(role).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a::b",
        "a",
        "b",
        "r.subject",
        "p.role",
        "g",
        "eval",
        "true",
        "nil",
        "x:y/z-1",
        "e",
        "m",
        "keyMatch",
        "A"
      })
  void aNameThatMeansSomethingToJcasbinIsOnlyAName(String name) {
    PolicySet policy =
        new PolicySet(
            1,
            List.of(
                new Rule("1", Effect.ALLOW, name, name, name, "", ""),
                new Rule("2", Effect.ALLOW, "other", "*", "*", "subject.id == '" + name + "'", "")),
            List.of(new RoleInheritance("heir", name), new RoleInheritance("x", "other")));
    PolicySnapshot snapshot = snapshot(policy, PolicySet.EMPTY);
    for (String role : List.of(name, "heir", "x", "a", "b", "a::", "other", "*")) {
      for (String type : List.of(name, "doc", "a", "b", "*")) {
        for (String id : List.of(name, "u")) {
          GeneratedRequest request =
              new GeneratedRequest(
                  Set.of(role),
                  name,
                  Map.of("resource.type", type, "subject.id", id, "subject.roles", Set.of(role)));
          StockEnforcer stock =
              new StockEnforcer(SCHEMA, NO_LIMITS, policy, "acme", PolicySet.EMPTY);
          stock.addSubject("s", Set.of(role));
          stock.start();
          boolean expected =
              (role.equals(name) || role.equals("heir")) && type.equals(name)
                  || (role.equals("other") || role.equals("x")) && id.equals(name);
          assertThat(snapshot.decide(request.request()).allowed())
              .as("%s of %s on %s as %s", name, id, type, role)
              .isEqualTo(expected);
          if (!role.equals("*")) {
            assertThat(stock.enforce("s", request)).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void namesAndTextsAreComparedCharacterByCharacter() {
    PolicySnapshot snapshot =
        tenant(
            List.of(
                new Rule("1", Effect.ALLOW, "admin", "doc", "read", "", ""),
                new Rule("2", Effect.ALLOW, "*", "doc", "read", "resource.text == 'caf\u00e9'", ""),
                new Rule("3", Effect.ALLOW, "*", "doc", "read", "resource.text == 'i'", "")));
    for (String role : List.of("Admin", "ADMIN", "admin ", "\uff41dmin", "adm\u0131n", "admin\0")) {
      assertThat(snapshot.decide(by(Set.of(role))).allowed()).as(role).isFalse();
    }
    assertThat(snapshot.decide(by(Set.of("admin"))).allowed()).isTrue();
    assertThat(snapshot.decide(about(Map.of("text", "caf\u00e9"))).allowed()).isTrue();
    for (String text : List.of("cafe\u0301", "CAF\u00c9", "I", "\u0130", "\u0131", "i\u200b")) {
      assertThat(snapshot.decide(about(Map.of("text", text))).allowed()).as(text).isFalse();
    }
    for (AccessRequest other :
        List.of(asking("Doc", "read"), asking("doc", "READ"), asking("doc ", "read"))) {
      AccessRequest request =
          new AccessRequest(
              by(Set.of("admin")).subject(), other.action(), other.resource(), other.environment());
      assertThat(snapshot.decide(request).allowed()).isFalse();
    }
  }

  @Test
  void aValueOfAnotherTypeAllowsNothingAndKeepsNoDenialFromDenying() {
    Map<String, List<Object>> wrong =
        Map.of(
            "resource.number == 1 || resource.number != 1",
                List.of("1", 1.0, new BigDecimal("1"), true, List.of("1"), BigInteger.TWO.pow(64)),
            "resource.decimal >= 0.0 || resource.decimal < 0.0",
                List.of("1.0", false, Double.NaN, new BigDecimal("1e400"), List.of()),
            "resource.text == 'true' || resource.text != 'true'",
                List.of(true, 1, List.of("true"), Map.of(), 'a', new byte[0]),
            "resource.flag || !resource.flag", List.of("true", 1, 0, "", List.of(true)),
            "resource.time > time('2026-01-01T00:00:00Z') || !(resource.time > time('2026-01-01T00:00:00Z'))",
                List.of(
                    0, "2026-01-01", "now", "2026-13-01T00:00:00Z", "+10000-01-01T00:00:00Z", true),
            "'a' in resource.list || !('a' in resource.list)",
                List.of("a", Map.of("a", "a"), List.of("a", 1), Collections.singletonList(null)));
    wrong.forEach(
        (condition, values) -> {
          String attribute = condition.replaceAll(".*?resource\\.([a-z]+).*", "$1");
          PolicySnapshot allows = tenant(rules(1, Effect.ALLOW, i -> condition));
          PolicySnapshot denies = tenant(and(rules(1, Effect.DENY, i -> condition), "allow", ""));
          // The same among so many rules that they are looked up.
          PolicySnapshot many =
              tenant(
                  and(
                      rules(40, Effect.DENY, i -> condition + " && resource.n1 != " + i),
                      "allow",
                      ""));
          for (Object value : values) {
            AccessRequest request = about(Map.of(attribute, value, "n1", -1));
            assertThat(allows.decide(request).allowed()).as("%s %s", condition, value).isFalse();
            assertThat(allows.decide(request).errors())
                .extracting(EvaluationError::attribute)
                .containsExactly("resource." + attribute);
            for (PolicySnapshot denying : List.of(denies, many)) {
              assertThat(denying.decide(request).reason())
                  .as("%s %s", condition, value)
                  .isEqualTo(DecisionReason.DENIED_BY_UNCERTAIN_RULE);
            }
          }
        });
  }

  @Test
  void aSubjectOfThousandsOfRolesIsDecidedAboutAsAnyOther() throws Exception {
    List<Rule> rules =
        rules(
            1_000,
            i ->
                new Rule(
                    "rule-" + i,
                    Effect.ALLOW,
                    "role" + i,
                    "doc",
                    "read",
                    "resource.n1 == " + i,
                    ""));
    PolicySnapshot snapshot = tenant(rules);
    Set<String> roles =
        IntStream.range(0, 20_000).mapToObj(i -> "role" + i).collect(Collectors.toSet());
    AccessRequest request =
        new AccessRequest(
            by(roles).subject(),
            "read",
            new AccessResource("doc", "1", "acme", Map.of("n1", 777)),
            environment());
    inTime(
        () -> {
          for (int i = 0; i < 20; i++) {
            assertThat(snapshot.decide(request).decidedBy().ruleId()).isEqualTo("rule-777");
          }
          return null;
        });
  }

  @Test
  void aRequestWithoutOneOfItsPartsIsNone() {
    AccessRequest good = about(Map.of());
    assertThatNullPointerException()
        .isThrownBy(() -> new AccessRequest(null, "read", good.resource(), good.environment()));
    assertThatNullPointerException()
        .isThrownBy(
            () -> new AccessRequest(good.subject(), null, good.resource(), good.environment()));
    assertThatNullPointerException()
        .isThrownBy(() -> new AccessRequest(good.subject(), "read", null, good.environment()));
    assertThatNullPointerException()
        .isThrownBy(() -> new AccessRequest(good.subject(), "read", good.resource(), null));
  }

  @Test
  void policyThatChangesMeanwhileIsNeverMixed() throws Exception {
    PolicySnapshot[] versions = new PolicySnapshot[2];
    for (int v = 0; v < versions.length; v++) {
      Effect effect = v == 0 ? Effect.ALLOW : Effect.DENY;
      List<Rule> rules = rules(200, effect, i -> "resource.n1 == " + i);
      versions[v] = snapshot(PolicySet.EMPTY, new PolicySet(v, rules, List.of()));
    }
    AtomicReference<PolicySnapshot> current = new AtomicReference<>(versions[0]);
    AccessRequest request = about(Map.of("n1", 150));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        readers.add(
            threads.submit(
                () -> {
                  int changes = 0;
                  boolean before = true;
                  for (int i = 0; i < 100_000; i++) {
                    AccessDecision decision = current.get().decide(request);
                    assertThat(decision.version().tenant()).isEqualTo(decision.allowed() ? 0 : 1);
                    changes += decision.allowed() == before ? 0 : 1;
                    before = decision.allowed();
                  }
                  return changes;
                }));
      }
      for (int i = 1; !readers.stream().allMatch(Future::isDone); i++) {
        current.set(versions[i % 2]);
      }
      int changes = 0;
      for (Future<Integer> reader : readers) {
        changes += reader.get();
      }
      assertThat(changes).isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  /** By the processor's time, which a busy machine does not stretch as it does the clock's. */
  private static <T> T inTime(Callable<T> work) throws Exception {
    long before = PROCESSOR.getCurrentThreadCpuTime();
    T result = work.call();
    assertThat(Duration.ofNanos(PROCESSOR.getCurrentThreadCpuTime() - before))
        .isLessThan(Duration.ofSeconds(5));
    return result;
  }

  private static List<Rule> rules(int count, Effect effect, IntFunction<String> condition) {
    return rules(
        count, i -> new Rule("rule-" + i, effect, "*", "doc", "read", condition.apply(i), ""));
  }

  private static List<Rule> rules(int count, IntFunction<Rule> rule) {
    return IntStream.range(0, count).mapToObj(rule).toList();
  }

  private static List<Rule> and(List<Rule> rules, String id, String condition) {
    List<Rule> all = new ArrayList<>(rules);
    all.add(new Rule(id, Effect.ALLOW, "*", "doc", "read", condition, ""));
    return all;
  }

  /** Texts that {@link String#hashCode} does not tell apart. */
  private static List<String> ofOneHash(int count) {
    List<String> texts = List.of("");
    while (texts.size() < count) {
      List<String> longer = new ArrayList<>();
      for (String text : texts) {
        longer.add(text + "Aa");
        longer.add(text + "BB");
      }
      texts = longer;
    }
    return texts.subList(0, count);
  }

  private static PolicySnapshot tenant(List<Rule> rules) {
    return snapshot(PolicySet.EMPTY, new PolicySet(1, rules, List.of()));
  }

  private static PolicySnapshot snapshot(PolicySet platform, PolicySet tenant) {
    PolicySnapshot snapshot = PolicySnapshot.of(SCHEMA, NO_LIMITS, platform, "acme", tenant);
    assertThat(snapshot.problems()).isEmpty();
    return snapshot;
  }

  private static AccessRequest about(Map<String, Object> resource) {
    return new AccessRequest(
        subject(Set.of()), "read", new AccessResource("doc", "1", "acme", resource), environment());
  }

  private static AccessRequest by(Set<String> roles) {
    return new AccessRequest(
        subject(roles), "read", new AccessResource("doc", "1", "acme", Map.of()), environment());
  }

  private static AccessRequest asking(String type, String action) {
    return new AccessRequest(
        subject(Set.of()), action, new AccessResource(type, "1", "acme", Map.of()), environment());
  }

  private static AccessSubject subject(Set<String> roles) {
    return new AccessSubject("u1", SubjectType.USER, "acme", roles, Set.of(), Map.of());
  }

  private static AccessEnvironment environment() {
    return new AccessEnvironment(
        Instant.parse("2026-01-01T00:00:00Z"), "10.0.0.1", "r1", "token", Map.of());
  }
}
