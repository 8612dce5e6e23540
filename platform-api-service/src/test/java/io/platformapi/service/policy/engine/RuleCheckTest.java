package io.platformapi.service.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.policy.condition.AttributeSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleCheckTest {
  private final RuleCheck check =
      new RuleCheck(
          AttributeSchema.builtIn(), new TenantLimits(Set.of("tenant"), Set.of("operator")));

  @Test
  void everythingThatIsWrongIsToldAtOnce() {
    Rule rule =
        new Rule("1", null, "", "a b", null, "subject.id == 1 || nobody.x", "x".repeat(1001));
    assertThat(check.check(Layer.PLATFORM, rule))
        .extracting(RuleProblem::field)
        .containsExactly(
            "effect", "role", "resourceType", "action", "description", "condition", "condition");
    assertThat(check.check(Layer.PLATFORM, rule))
        .extracting(RuleProblem::position)
        .containsExactly(-1, -1, -1, -1, -1, 14, 19);
  }

  @Test
  void aTenantHasNoRulesAboutWhatIsThePlatforms() {
    Rule rule = new Rule("1", Effect.ALLOW, "*", "tenant", "*", "", "");
    assertThat(check.check(Layer.TENANT, rule))
        .extracting(RuleProblem::field)
        .containsExactly("resourceType");
    assertThat(check.check(Layer.PLATFORM, rule)).isEmpty();
  }

  @Test
  void aTenantNeitherGivesNorTakesAPlatformsRole() {
    assertThat(
            check.checkRoles(
                Layer.TENANT, List.of(new RoleInheritance("viewer", "operator")), List.of()))
        .containsExactly(new RuleProblem("inherits", -1, "is the platform's"));
    assertThat(
            check.checkRoles(
                Layer.TENANT, List.of(new RoleInheritance("operator", "viewer")), List.of()))
        .containsExactly(new RuleProblem("role", -1, "is the platform's"));
    assertThat(
            check.checkRoles(
                Layer.PLATFORM, List.of(new RoleInheritance("viewer", "operator")), List.of()))
        .isEmpty();
  }

  @Test
  void rolesDoNotInheritInACircleAlsoNotThroughTheOtherLayer() {
    List<RoleInheritance> there = List.of(new RoleInheritance("a", "b"));
    List<RoleInheritance> back = List.of(new RoleInheritance("b", "a"));
    assertThat(check.checkRoles(Layer.TENANT, back, there)).hasSize(1);
    assertThat(check.checkRoles(Layer.TENANT, back, List.of())).isEmpty();
    assertThat(check.checkRoles(Layer.TENANT, List.of(new RoleInheritance("a", "a")), List.of()))
        .hasSize(1);
  }

  @Test
  void aChainOfRolesIsNoLongerThanJcasbinFollowsIt() {
    List<RoleInheritance> links = new ArrayList<>();
    for (int i = 0; i < RoleChains.MAX_LINKS; i++) {
      links.add(new RoleInheritance("r" + i, "r" + (i + 1)));
    }
    assertThat(check.checkRoles(Layer.PLATFORM, links, List.of())).isEmpty();
    links.add(new RoleInheritance("r" + links.size(), "last"));
    assertThat(check.checkRoles(Layer.PLATFORM, links, List.of())).hasSize(1);
  }

  @Test
  void jcasbinFollowsTheLongestChain() {
    List<RoleInheritance> links = new ArrayList<>();
    for (int i = 0; i < RoleChains.MAX_LINKS; i++) {
      links.add(new RoleInheritance("r" + i, "r" + (i + 1)));
    }
    PolicySet policy =
        new PolicySet(
            1,
            List.of(new Rule("1", Effect.ALLOW, "r" + RoleChains.MAX_LINKS, "doc", "read", "", "")),
            links);
    StockEnforcer stock =
        new StockEnforcer(
            AttributeSchema.builtIn(),
            new TenantLimits(Set.of(), Set.of()),
            policy,
            "acme",
            PolicySet.EMPTY);
    stock.addSubject("s", Set.of("r0"));
    stock.start();
    GeneratedRequest request =
        new GeneratedRequest(
            Set.of("r0"), "read", Map.of("resource.type", "doc", "subject.roles", Set.of("r0")));
    assertThat(stock.enforce("s", request)).isTrue();
    assertThat(
            PolicySnapshot.of(
                    AttributeSchema.builtIn(),
                    new TenantLimits(Set.of(), Set.of()),
                    policy,
                    "acme",
                    PolicySet.EMPTY)
                .decide(request.request())
                .allowed())
        .isTrue();
  }
}
