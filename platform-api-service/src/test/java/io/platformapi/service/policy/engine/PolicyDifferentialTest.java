package io.platformapi.service.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.policy.condition.AttributeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The snapshot decides as jCasbin's plain enforcer and as a naive interpreter do. {@code -Dcases=N}
 * sets how many cases, {@code -Dseed=N} replays the policy set of a failure.
 */
class PolicyDifferentialTest {
  private static final int CASES = Integer.getInteger("cases", 10_000);
  private static final int REQUESTS = 50;
  private static final int LARGE_EVERY = 20;
  private static final Map<String, AttributeType> TYPES = GeneratedPolicies.SCHEMA.attributes();

  @Test
  void anyRequestToAnyPolicyIsDecidedAsJcasbinDecidesIt() {
    Long replay = Long.getLong("seed");
    if (replay != null) {
      compare(replay);
      return;
    }
    int[] allowed = {0};
    int sets = (CASES + REQUESTS - 1) / REQUESTS;
    for (long seed = 1; seed <= sets; seed++) {
      allowed[0] += compare(seed);
    }
    // Otherwise most of what is compared would be empty policies.
    assertThat(allowed[0]).isBetween(CASES / 10, CASES * 9 / 10);
  }

  private static int compare(long seed) {
    GeneratedPolicies generated = new GeneratedPolicies(seed);
    boolean large = seed % LARGE_EVERY == 0;
    PolicySet platform = generated.policy(1, large);
    PolicySet tenant = generated.policy(2, false);
    PolicySnapshot snapshot =
        PolicySnapshot.of(
            GeneratedPolicies.SCHEMA,
            GeneratedPolicies.LIMITS,
            platform,
            GeneratedPolicies.TENANT,
            tenant);
    assertThat(snapshot.problems()).as("seed %d", seed).isEmpty();
    NaivePolicy naive =
        new NaivePolicy(
            platform, GeneratedPolicies.TENANT, tenant, GeneratedPolicies.LIMITS, TYPES);
    StockEnforcer stock =
        new StockEnforcer(
            GeneratedPolicies.SCHEMA,
            GeneratedPolicies.LIMITS,
            platform,
            GeneratedPolicies.TENANT,
            tenant);
    List<GeneratedRequest> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      GeneratedRequest request = generated.request();
      requests.add(request);
      stock.addSubject(Integer.toString(i), request.roles());
    }
    stock.start();
    int allowed = 0;
    for (int i = 0; i < REQUESTS; i++) {
      GeneratedRequest request = requests.get(i);
      AccessDecision decision = snapshot.decide(request.request());
      String told = told(decision);
      String context = "seed %d, request %d of %s: %s".formatted(seed, i, platform, request);
      assertThat(told).as(context).isEqualTo(naive.decide(request));
      assertThat(decision.allowed())
          .as(context)
          .isEqualTo(stock.enforce(Integer.toString(i), request));
      assertThat(snapshot.explain(request.request()).decision()).as(context).isEqualTo(decision);
      allowed += decision.allowed() ? 1 : 0;
    }
    return allowed;
  }

  private static String told(AccessDecision decision) {
    String by =
        decision.decidedBy() == null
            ? "none"
            : decision.decidedBy().layer().text() + " " + decision.decidedBy().ruleId();
    return (decision.allowed() ? "allow by " : "deny by ") + by;
  }
}
