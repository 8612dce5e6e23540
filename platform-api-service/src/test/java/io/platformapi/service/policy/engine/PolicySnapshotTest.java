package io.platformapi.service.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.condition.SqlColumn;
import io.platformapi.service.policy.condition.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicySnapshotTest {
  private static final AttributeSchema SCHEMA =
      AttributeSchema.builtIn()
          .with(
              Map.of(
                  "subject.department", AttributeType.STRING,
                  "subject.level", AttributeType.INTEGER,
                  "resource.department", AttributeType.STRING,
                  "resource.secret", AttributeType.BOOLEAN));
  private static final TenantLimits LIMITS = new TenantLimits(Set.of("tenant"), Set.of("operator"));

  @Test
  void nothingIsAllowedWithoutARule() {
    AccessDecision decision = platform().decide(request(Map.of(), Map.of()));
    assertThat(decision.allowed()).isFalse();
    assertThat(decision.decidedBy()).isNull();
    assertThat(decision.reason()).isEqualTo(DecisionReason.NO_RULE_ALLOWS);
  }

  @Test
  void aDenyRuleOverridesEveryAllowRule() {
    PolicySnapshot snapshot =
        platform(
            rule("a", Effect.ALLOW, "*", "*", "*", ""),
            rule("d", Effect.DENY, "*", "doc", "read", "resource.secret"));
    assertThat(snapshot.decide(request(Map.of(), Map.of("secret", true))))
        .isEqualTo(
            new AccessDecision(
                false,
                new DecidedBy(Layer.PLATFORM, "d"),
                DecisionReason.DENIED_BY_RULE,
                List.of(),
                new PolicyVersion(7, 0)));
    assertThat(snapshot.decide(request(Map.of(), Map.of("secret", false))).allowed()).isTrue();
  }

  @Test
  void aDenyRuleThatCannotBeDecidedDenies() {
    PolicySnapshot snapshot =
        platform(
            rule("a", Effect.ALLOW, "*", "*", "*", ""),
            rule("d", Effect.DENY, "*", "doc", "read", "resource.secret"));
    AccessDecision absent = snapshot.decide(request(Map.of(), Map.of()));
    assertThat(absent.reason()).isEqualTo(DecisionReason.DENIED_BY_UNCERTAIN_RULE);
    assertThat(absent.errors()).isEmpty();
    AccessDecision wrong = snapshot.decide(request(Map.of(), Map.of("secret", "yes")));
    assertThat(wrong.allowed()).isFalse();
    assertThat(wrong.errors())
        .containsExactly(
            new EvaluationError(Layer.PLATFORM, "d", "resource.secret", "is not of type boolean"));
  }

  @Test
  void anAllowRuleThatCannotBeDecidedAllowsNothingAndTheErrorIsRecorded() {
    PolicySnapshot snapshot =
        platform(rule("a", Effect.ALLOW, "*", "doc", "read", "subject.level >= 3"));
    AccessDecision decision = snapshot.decide(request(Map.of("level", "9"), Map.of()));
    assertThat(decision.allowed()).isFalse();
    assertThat(decision.reason()).isEqualTo(DecisionReason.NO_RULE_ALLOWS);
    assertThat(decision.errors())
        .extracting(EvaluationError::attribute)
        .containsExactly("subject.level");
    assertThat(snapshot.decide(request(Map.of("level", 3), Map.of())).allowed()).isTrue();
  }

  @Test
  void rolesAreInherited() {
    PolicySnapshot snapshot =
        snapshot(
            new PolicySet(
                1,
                List.of(rule("a", Effect.ALLOW, "viewer", "doc", "read", "")),
                List.of(
                    new RoleInheritance("editor", "viewer"),
                    new RoleInheritance("admin", "editor"))),
            PolicySet.EMPTY);
    assertThat(snapshot.decide(requestOf("admin")).allowed()).isTrue();
    assertThat(snapshot.decide(requestOf("viewer")).allowed()).isTrue();
    assertThat(snapshot.decide(requestOf("stranger")).allowed()).isFalse();
  }

  @Test
  void hundredsOfRolesAreToldApart() {
    List<Rule> rules =
        IntStream.range(0, 300)
            .mapToObj(i -> rule("a" + i, Effect.ALLOW, "role" + i, "doc", "read", ""))
            .toList();
    PolicySnapshot snapshot = snapshot(new PolicySet(1, rules, List.of()), PolicySet.EMPTY);
    for (int i = 0; i < 300; i++) {
      assertThat(snapshot.decide(requestOf("role" + i)).decidedBy().ruleId()).isEqualTo("a" + i);
    }
    assertThat(snapshot.decide(requestOf("role299", "role7", "role70")).decidedBy().ruleId())
        .isEqualTo("a7");
    assertThat(snapshot.decide(requestOf("role300")).allowed()).isFalse();
  }

  @Test
  void aTenantsRulesCountForItsOwnResourcesOnly() {
    PolicySet tenant =
        new PolicySet(3, List.of(rule("t", Effect.ALLOW, "*", "*", "*", "")), List.of());
    PolicySnapshot snapshot = snapshot(PolicySet.EMPTY, tenant);
    assertThat(snapshot.decide(about("doc", "acme")).decidedBy())
        .isEqualTo(new DecidedBy(Layer.TENANT, "t"));
    assertThat(snapshot.decide(about("doc", "other")).allowed()).isFalse();
    assertThat(snapshot.decide(about("doc", null)).allowed()).isFalse();
    assertThat(snapshot.decide(about("tenant", "acme")).allowed()).isFalse();
    assertThat(snapshot.version()).isEqualTo(new PolicyVersion(0, 3));
  }

  @Test
  void aTenantCannotUndoADenyOfThePlatform() {
    PolicySet platform =
        new PolicySet(1, List.of(rule("d", Effect.DENY, "*", "doc", "*", "")), List.of());
    PolicySet tenant =
        new PolicySet(1, List.of(rule("t", Effect.ALLOW, "*", "doc", "*", "")), List.of());
    assertThat(snapshot(platform, tenant).decide(about("doc", "acme")).decidedBy())
        .isEqualTo(new DecidedBy(Layer.PLATFORM, "d"));
  }

  @Test
  void aTenantsLinksDoNotLeadToAPlatformsRole() {
    PolicySet platform =
        new PolicySet(1, List.of(rule("o", Effect.ALLOW, "operator", "*", "*", "")), List.of());
    PolicySet tenant =
        new PolicySet(1, List.of(), List.of(new RoleInheritance("viewer", "operator")));
    assertThat(snapshot(platform, tenant).decide(requestOf("viewer")).allowed()).isFalse();
    assertThat(snapshot(platform, tenant).decide(requestOf("operator")).allowed()).isTrue();
  }

  @Test
  void aStoredRuleThatCanNoLongerBeReadFailsClosed() {
    PolicySnapshot allows = platform(rule("a", Effect.ALLOW, "*", "doc", "read", "subject.gone"));
    assertThat(allows.decide(request(Map.of(), Map.of())).allowed()).isFalse();
    assertThat(allows.problems()).containsOnlyKeys(new DecidedBy(Layer.PLATFORM, "a"));
    PolicySnapshot denies =
        platform(
            rule("a", Effect.ALLOW, "*", "doc", "read", ""),
            rule("d", Effect.DENY, "*", "doc", "read", "subject.gone"));
    AccessDecision decision = denies.decide(request(Map.of(), Map.of()));
    assertThat(decision.decidedBy().ruleId()).isEqualTo("d");
    assertThat(decision.errors())
        .containsExactly(new EvaluationError(Layer.PLATFORM, "d", null, "the rule cannot be read"));
  }

  @Test
  void theFirstRuleThatCountsIsNamedHoweverTheRulesAreIndexed() {
    Rule[] rules = new Rule[40];
    for (int i = 0; i < rules.length; i++) {
      String condition =
          i % 4 == 3 ? "" : "subject.department == 'd" + i % 4 + "' && subject.level > " + i % 7;
      rules[i] = rule("a" + i, Effect.ALLOW, "*", "doc", i % 2 == 0 ? "read" : "*", condition);
    }
    PolicySnapshot snapshot = platform(rules);
    assertThat(
            snapshot
                .decide(request(Map.of("department", "d2", "level", 3), Map.of()))
                .decidedBy()
                .ruleId())
        .isEqualTo("a2");
    assertThat(snapshot.decide(request(Map.of(), Map.of())).decidedBy().ruleId()).isEqualTo("a3");
  }

  @Test
  void manyDenyRulesThatNeedAnAbsentAttributeDeny() {
    Rule[] rules = new Rule[21];
    for (int i = 0; i < 20; i++) {
      rules[i] =
          rule("d" + i, Effect.DENY, "*", "doc", "read", "subject.department == 'd" + i + "'");
    }
    rules[20] = rule("a", Effect.ALLOW, "*", "doc", "read", "");
    PolicySnapshot snapshot = platform(rules);
    assertThat(snapshot.decide(request(Map.of("department", "x"), Map.of())).allowed()).isTrue();
    assertThat(snapshot.decide(request(Map.of("department", "d7"), Map.of())).decidedBy().ruleId())
        .isEqualTo("d7");
    assertThat(snapshot.decide(request(Map.of(), Map.of())).decidedBy().ruleId()).isEqualTo("d0");
    AccessDecision wrong = snapshot.decide(request(Map.of("department", 7), Map.of()));
    assertThat(wrong.allowed()).isFalse();
    assertThat(wrong.errors()).hasSize(1);
  }

  @Test
  void rulesAreLookedUpByAnyTestOfOneAttributeAgainstConstants() {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rules.add(
          rule(
              "d" + i,
              Effect.DENY,
              "*",
              "doc",
              "read",
              "has(subject.level) && subject.level >= "
                  + 10 * i
                  + " && subject.level < "
                  + (10 * i + 5)));
      rules.add(
          rule(
              "a" + i,
              Effect.ALLOW,
              "*",
              "doc",
              "read",
              "startsWith(subject.department, 'd" + i + "/')"));
      rules.add(rule("s" + i, Effect.ALLOW, "*", "doc", "read", "'s" + i + "' in subject.scopes"));
    }
    PolicySnapshot snapshot = platform(rules.toArray(Rule[]::new));
    assertThat(decidedBy(snapshot, Map.of("department", "d7/x", "level", 86))).isEqualTo("a7");
    assertThat(decidedBy(snapshot, Map.of("department", "d19/", "level", -1))).isEqualTo("a19");
    assertThat(decidedBy(snapshot, Map.of("department", "d1", "level", 7))).isNull();
    assertThat(decidedBy(snapshot, Map.of("department", "d7/x", "level", 84))).isEqualTo("d8");
    assertThat(decidedBy(snapshot, Map.of("department", "d7/x"))).isEqualTo("a7");
    assertThat(decidedBy(snapshot, Map.of("department", "d7/x", "level", "84"))).isEqualTo("d0");
    AccessSubject scoped =
        new AccessSubject("u1", null, null, Set.of(), Set.of("x", "s3"), Map.of("level", -1));
    AccessRequest request =
        new AccessRequest(
            scoped, "read", new AccessResource("doc", null, null, Map.of()), environment());
    assertThat(snapshot.decide(request).decidedBy().ruleId()).isEqualTo("s3");
  }

  @Test
  void aSnapshotIsNoLargerThanItsRulesHoweverTheirConditionsOverlap() {
    int attributes = 24;
    Map<String, AttributeType> declared = new HashMap<>();
    for (int i = 0; i < attributes; i++) {
      declared.put("resource.a" + i, AttributeType.STRING);
    }
    AttributeSchema schema = AttributeSchema.builtIn().with(declared);
    Random random = new Random(1);
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String condition =
          IntStream.range(0, attributes)
              .mapToObj(a -> "resource.a" + a + " == 'v" + random.nextInt(4) + "'")
              .collect(Collectors.joining(" && "));
      rules.add(rule("d" + i, Effect.DENY, "*", "doc", "read", condition));
    }
    PolicySet policy = new PolicySet(1, rules, List.of());
    PolicySnapshot snapshot =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> PolicySnapshot.of(schema, LIMITS, policy, null, PolicySet.EMPTY));
    assertThat(snapshot.decide(request(Map.of(), Map.of())).decidedBy().ruleId()).isEqualTo("d0");
  }

  @Test
  void anExplanationTellsEveryRuleAndWhichTestFailed() {
    PolicySnapshot snapshot =
        platform(
            rule("a", Effect.ALLOW, "*", "doc", "read", "subject.department == 'sales'"),
            rule(
                "b",
                Effect.ALLOW,
                "*",
                "doc",
                "read",
                "subject.level >= 3 && (resource.secret || subject.department == 'law')"),
            rule("d", Effect.DENY, "*", "doc", "read", "!has(subject.level)"),
            rule("other", Effect.ALLOW, "*", "bill", "read", ""));
    Explanation explanation =
        snapshot.explain(request(Map.of("department", "law", "level", 2), Map.of()));
    assertThat(explanation.decision().reason()).isEqualTo(DecisionReason.NO_RULE_ALLOWS);
    assertThat(explanation.rules())
        .extracting(outcome -> outcome.rule().id())
        .containsExactly("a", "b", "d");
    assertThat(explanation.rules().get(0).failed())
        .containsExactly(
            new FailedTest("subject.department == 'sales'", "subject.department", Truth.FALSE));
    assertThat(explanation.rules().get(1).failed())
        .containsExactly(new FailedTest("subject.level >= 3", "subject.level", Truth.FALSE));
    assertThat(explanation.rules().get(2).result()).isEqualTo(Truth.FALSE);
    assertThat(explanation.rules()).noneMatch(RuleOutcome::matched);
  }

  @Test
  void aFilterKnowsWhenNoRowHasToBeLookedAt() {
    PolicySnapshot snapshot =
        platform(
            rule("a", Effect.ALLOW, "admin", "doc", "read", ""),
            rule(
                "b", Effect.ALLOW, "*", "doc", "read", "resource.department == subject.department"),
            rule("d", Effect.DENY, "guest", "doc", "read", "resource.secret"));
    assertThat(filter(snapshot, Map.of(), "admin").kind())
        .isEqualTo(ResourceFilter.Kind.EVERYTHING);
    assertThat(filter(snapshot, Map.of()).kind()).isEqualTo(ResourceFilter.Kind.NOTHING);
    ResourceFilter own = filter(snapshot, Map.of("department", "law"), "guest");
    assertThat(own.kind()).isEqualTo(ResourceFilter.Kind.CONDITION);
    SqlCondition sql =
        own.sql(
            Map.of(
                "resource.department", new SqlColumn("d.dept"),
                "resource.secret", new SqlColumn("d.secret")));
    assertThat(sql.text())
        .isEqualTo("((((d.dept) = CAST(? AS text))) IS TRUE) AND ((d.secret)) IS FALSE");
    assertThat(sql.binds()).containsExactly("law");
  }

  @Test
  void nullValuesAndUnknownKindsOfValuesAreNoReasonToFail() {
    PolicySnapshot snapshot =
        platform(
            rule("a", Effect.ALLOW, "*", "doc", "read", "subject.level > 1 || subject.id == 'x'"));
    Map<String, Object> odd = new HashMap<>();
    odd.put("level", new Object());
    odd.put("department", null);
    AccessDecision decision =
        snapshot.decide(request(odd, Map.of("secret", Arrays.asList(1, null))));
    assertThat(decision.allowed()).isFalse();
    AccessSubject nobody = new AccessSubject(null, null, null, null, null, null);
    AccessRequest request =
        new AccessRequest(
            nobody,
            "read",
            new AccessResource("doc", null, null, null),
            new AccessEnvironment(null, null, null, null, null));
    assertThat(snapshot.decide(request).allowed()).isFalse();
  }

  private static String decidedBy(PolicySnapshot snapshot, Map<String, Object> subject) {
    DecidedBy by = snapshot.decide(request(subject, Map.of())).decidedBy();
    return by == null ? null : by.ruleId();
  }

  private static ResourceFilter filter(
      PolicySnapshot snapshot, Map<String, Object> subject, String... roles) {
    return snapshot.filter(subject(subject, roles), "read", "doc", null, environment());
  }

  private static PolicySnapshot platform(Rule... rules) {
    return PolicySnapshot.of(
        SCHEMA, LIMITS, new PolicySet(7, List.of(rules), List.of()), null, PolicySet.EMPTY);
  }

  private static PolicySnapshot snapshot(PolicySet platform, PolicySet tenant) {
    return PolicySnapshot.of(SCHEMA, LIMITS, platform, "acme", tenant);
  }

  private static Rule rule(
      String id, Effect effect, String role, String type, String action, String condition) {
    return new Rule(id, effect, role, type, action, condition, "");
  }

  private static AccessRequest request(Map<String, Object> subject, Map<String, Object> resource) {
    return new AccessRequest(
        subject(subject), "read", new AccessResource("doc", "1", null, resource), environment());
  }

  private static AccessRequest requestOf(String... roles) {
    return new AccessRequest(
        subject(Map.of(), roles),
        "read",
        new AccessResource("doc", "1", "acme", Map.of()),
        environment());
  }

  private static AccessRequest about(String type, String tenant) {
    return new AccessRequest(
        subject(Map.of()), "read", new AccessResource(type, "1", tenant, Map.of()), environment());
  }

  private static AccessSubject subject(Map<String, Object> attributes, String... roles) {
    return new AccessSubject("u1", SubjectType.USER, "acme", Set.of(roles), Set.of(), attributes);
  }

  private static AccessEnvironment environment() {
    return new AccessEnvironment(
        Instant.parse("2026-01-01T00:00:00Z"), "10.0.0.1", "r1", "token", Map.of());
  }
}
