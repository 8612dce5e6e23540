package io.platformapi.service.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.policy.condition.AttributeType;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The snapshot decides as jCasbin's plain enforcer and as a naive interpreter do. {@code
 * -Ddifferential.cases=N} sets how many cases, {@code -Ddifferential.seed=N} decides the policy set
 * of a failure again.
 */
class PolicyDifferentialTest {
  private static final int CASES = Integer.getInteger("differential.cases", 10_000);
  private static final Long SEED = Long.getLong("differential.seed");
  private static final int REQUESTS = 50;

  /** jCasbin takes a tenth of a millisecond for each rule. */
  private static final int CROWDED_EVERY = 20;

  private static final Map<String, AttributeType> TYPES = GeneratedPolicies.SCHEMA.attributes();

  @Test
  void anyRequestToAnyPolicyIsDecidedAsJcasbinDecidesIt() {
    int allowed = 0;
    int compared = 0;
    for (long seed : seeds(CASES / REQUESTS)) {
      GeneratedPolicies generated = new GeneratedPolicies(seed);
      boolean crowded = seed % CROWDED_EVERY == 0;
      PolicySet platform = crowded ? generated.crowdedPolicy(1, 60) : generated.policy(1);
      Policies policies = new Policies(seed, platform, generated.policy(2));
      allowed += policies.compare(generated, REQUESTS, true);
      compared += REQUESTS;
      if (compared % 100_000 == 0) {
        System.out.printf("%d cases, %d allowed, seed %d%n", compared, allowed, seed);
      }
    }
    // Otherwise most of what is compared would be empty policies.
    assertThat(allowed).isBetween(compared / 10, compared * 9 / 10);
  }

  @Test
  void manyRulesInOnePlaceAreDecidedAsOneByOne() {
    int allowed = 0;
    int compared = 0;
    for (long seed : seeds(CASES / REQUESTS)) {
      GeneratedPolicies generated = new GeneratedPolicies(-seed);
      int rules = seed % 10 == 0 ? 500 : 100;
      Policies policies =
          new Policies(
              seed, generated.crowdedPolicy(1, rules), generated.crowdedPolicy(2, rules / 2));
      allowed += policies.compare(generated, REQUESTS, false);
      compared += REQUESTS;
    }
    assertThat(allowed).isBetween(compared / 20, compared * 19 / 20);
  }

  private static long[] seeds(int count) {
    return SEED == null ? LongStream.rangeClosed(1, count).toArray() : new long[] {SEED};
  }

  private record Policies(long seed, PolicySet platform, PolicySet tenant) {

    /** How many of the requests are allowed, by all alike. */
    int compare(GeneratedPolicies generated, int count, boolean withJcasbin) {
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
      List<GeneratedRequest> requests = Stream.generate(generated::request).limit(count).toList();
      StockEnforcer stock = withJcasbin ? stock(requests) : null;
      int allowed = 0;
      for (int i = 0; i < count; i++) {
        GeneratedRequest request = requests.get(i);
        AccessDecision decision = snapshot.decide(request.request());
        String place = "-Ddifferential.seed=%d, request %d".formatted(seed, i);
        Supplier<String> context =
            () -> "%s of %s, %s: %s".formatted(place, platform, tenant, request);
        assertThat(told(decision)).as(context).isEqualTo(naive.decide(request));
        if (stock != null) {
          assertThat(decision.allowed())
              .as(context)
              .isEqualTo(stock.enforce(Integer.toString(i), request));
        }
        assertThat(snapshot.explain(request.request()).decision()).as(context).isEqualTo(decision);
        allowed += decision.allowed() ? 1 : 0;
      }
      return allowed;
    }

    private StockEnforcer stock(List<GeneratedRequest> requests) {
      StockEnforcer stock =
          new StockEnforcer(
              GeneratedPolicies.SCHEMA,
              GeneratedPolicies.LIMITS,
              platform,
              GeneratedPolicies.TENANT,
              tenant);
      for (int i = 0; i < requests.size(); i++) {
        stock.addSubject(Integer.toString(i), requests.get(i).roles());
      }
      stock.start();
      return stock;
    }
  }

  private static String told(AccessDecision decision) {
    String by =
        decision.decidedBy() == null
            ? "none"
            : decision.decidedBy().layer().text() + " " + decision.decidedBy().ruleId();
    return (decision.allowed() ? "allow by " : "deny by ") + by;
  }
}
