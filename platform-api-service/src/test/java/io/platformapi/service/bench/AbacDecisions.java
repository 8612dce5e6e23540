package io.platformapi.service.bench;

import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.PolicySnapshot;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What {@link AbacBenchmark} has JMH run in JVMs of their own. */
public class AbacDecisions {

  /** Which request is next; each thread has its own. */
  @State(Scope.Thread)
  public static class Turn {
    private int number;

    int next(int count) {
      number = number + 1 == count ? 0 : number + 1;
      return number;
    }
  }

  /** Our snapshot. */
  @State(Scope.Benchmark)
  public static class Ours {
    @Param("RANGES")
    public String shape;

    @Param("1000")
    public int rules;

    private PolicySnapshot snapshot;
    private AccessRequest[] requests;

    @Setup
    public void prepare() {
      AbacPolicies policies = new AbacPolicies(AbacPolicies.Shape.valueOf(shape), rules);
      snapshot = policies.snapshot();
      requests = policies.requests().toArray(AccessRequest[]::new);
    }
  }

  /** jCasbin's enforcer. */
  @State(Scope.Benchmark)
  public static class Base {
    @Param("RANGES")
    public String shape;

    @Param("1000")
    public int rules;

    private PlainCasbin casbin;
    private List<PlainCasbin.Request> requests;

    @Setup
    public void prepare() {
      AbacPolicies policies = new AbacPolicies(AbacPolicies.Shape.valueOf(shape), rules);
      casbin = new PlainCasbin(policies);
      requests = policies.requests().stream().map(PlainCasbin.Request::of).toList();
    }
  }

  @Benchmark
  public AccessDecision ours(Ours ours, Turn turn) {
    return ours.snapshot.decide(ours.requests[turn.next(ours.requests.length)]);
  }

  /** Out of the maps that a caller has. */
  @Benchmark
  public AccessDecision oursWithRequest(Ours ours, Turn turn) {
    AccessRequest request = ours.requests[turn.next(ours.requests.length)];
    AccessSubject subject = request.subject();
    AccessResource resource = request.resource();
    return ours.snapshot.decide(
        new AccessRequest(
            new AccessSubject(
                subject.id(),
                subject.type(),
                subject.tenant(),
                subject.roles(),
                subject.scopes(),
                subject.attributes()),
            request.action(),
            new AccessResource(
                resource.type(), resource.id(), resource.tenant(), resource.attributes()),
            request.environment()));
  }

  @Benchmark
  public boolean base(Base base, Turn turn) {
    return base.casbin.allows(base.requests.get(turn.next(base.requests.size())));
  }
}
