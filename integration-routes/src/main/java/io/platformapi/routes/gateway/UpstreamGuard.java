package io.platformapi.routes.gateway;

import io.platformapi.routes.gateway.GatewayException.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** Stands before one upstream: its bulkhead and its circuit. */
final class UpstreamGuard {
  /** What Kong answers for an upstream that it cannot reach. */
  static final Set<Integer> AWAY = Set.of(502, 503, 504);

  private final String upstream;
  private final Bulkhead bulkhead;
  private final Circuit circuit = new Circuit();

  UpstreamGuard(String upstream, GatewayConfig config) {
    this.upstream = upstream;
    this.bulkhead = new Bulkhead(config.maxConcurrent(), config.maxWait());
  }

  Circuit circuit() {
    return circuit;
  }

  Bulkhead bulkhead() {
    return bulkhead;
  }

  /**
   * Makes one attempt, if there is a place for it and the upstream is not left alone.
   *
   * @param left time of the call that is left
   */
  GatewayResponse attempt(Duration left, Supplier<GatewayResponse> call) {
    enter(left);
    try {
      if (!circuit.passes(System.nanoTime())) {
        throw failed(Reason.CIRCUIT_OPEN, "failed moments ago", null);
      }
      return judged(call);
    } finally {
      bulkhead.leave();
    }
  }

  private void enter(Duration left) {
    boolean entered;
    try {
      entered = bulkhead.enter(left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(Reason.INTERRUPTED, "was given up", e);
    }
    if (!entered) {
      throw failed(Reason.BULKHEAD_FULL, "has as many calls under way as it may", null);
    }
  }

  private GatewayResponse judged(Supplier<GatewayResponse> call) {
    Runnable verdict = circuit::abandoned;
    try {
      GatewayResponse response = call.get();
      verdict = AWAY.contains(response.status()) ? this::failed : circuit::succeeded;
      return response;
    } catch (GatewayException e) {
      verdict =
          switch (e.reason()) {
            case NO_ANSWER, TIMEOUT -> this::failed;
            case TOO_LARGE -> circuit::succeeded;
            default -> circuit::abandoned;
          };
      throw e;
    } finally {
      verdict.run();
    }
  }

  private void failed() {
    circuit.failed(System.nanoTime());
  }

  private GatewayException failed(Reason reason, String what, Exception cause) {
    return new GatewayException(reason, upstream + " behind Kong " + what, cause);
  }
}
