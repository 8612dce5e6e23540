package io.platformapi.service.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayException;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.problem.ValidationException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What lies behind Kong for operators: everything is asked one question at once, now. */
public final class UpstreamOperations {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamOperations.class);
  private static final int TOO_MANY_REQUESTS = 429;

  private final Gateway gateway;
  private final List<UpstreamCheck> checks;

  public UpstreamOperations(Gateway gateway, List<UpstreamCheck> checks) {
    this.gateway = gateway;
    this.checks = List.copyOf(checks);
  }

  public void addTo(OperatorTasks tasks) {
    tasks.add("upstreams", this::check);
  }

  /** What became of the questions, in the order of the configuration. */
  public record Checked(List<Item> items) {}

  /**
   * What became of one.
   *
   * @param reason why it is not ok, or null
   * @param status HTTP status that the last request was answered with, or null
   * @param tookMs null when nothing was asked
   * @param about what it told of itself, or null
   */
  public record Item(
      String upstream,
      Outcome outcome,
      String reason,
      Integer status,
      Long tookMs,
      Map<String, Object> about) {}

  /** Whether an upstream can be used. */
  public enum Outcome {
    @JsonProperty("ok")
    OK,
    /** It does not take our credential. */
    @JsonProperty("refused")
    REFUSED,
    /** No answer, or Kong does not reach it. */
    @JsonProperty("unreachable")
    UNREACHABLE,
    /** It answered what it should not. */
    @JsonProperty("failed")
    FAILED,
    /** We have no credential for it, so it is not asked. */
    @JsonProperty("not_configured")
    NOT_CONFIGURED
  }

  private Checked check(TaskParameters parameters) {
    List<UpstreamCheck> asked = asked(parameters.only("upstream").all("upstream"));
    String requestId = MDC.get(RequestContext.REQUEST_ID_IN_LOGS);
    // Each waits for its upstream, so all together take as long as the slowest may.
    ExecutorService threads = Executors.newFixedThreadPool(asked.size());
    try {
      List<CompletableFuture<Item>> items =
          asked.stream()
              .map(check -> CompletableFuture.supplyAsync(() -> ask(check, requestId), threads))
              .toList();
      return new Checked(items.stream().map(CompletableFuture::join).toList());
    } finally {
      threads.shutdownNow();
    }
  }

  private List<UpstreamCheck> asked(List<String> names) {
    List<String> known = checks.stream().map(UpstreamCheck::upstream).toList();
    if (!known.containsAll(names)) {
      throw new ValidationException(
          "upstream", known.stream().collect(Collectors.joining(", ", "must be of ", "")));
    }
    return checks.stream()
        .filter(check -> names.isEmpty() || names.contains(check.upstream()))
        .toList();
  }

  private Item ask(UpstreamCheck check, String requestId) {
    if (!check.configured()) {
      return new Item(check.upstream(), Outcome.NOT_CONFIGURED, null, null, null, null);
    }
    Observed observed = new Observed(gateway, requestId);
    long start = System.nanoTime();
    Map<String, Object> about = null;
    Outcome outcome = Outcome.OK;
    String reason = null;
    try {
      about = check.question().apply(observed);
    } catch (UpstreamException e) {
      outcome = outcome(e.kind(), observed.status);
      reason = reason(e).toLowerCase(Locale.ROOT);
    } catch (RuntimeException e) {
      // Its text is nobody's who knows what may be told.
      LOG.warn("the check of {} failed: {}", check.upstream(), e.getClass().getName());
      outcome = Outcome.FAILED;
      reason = "internal";
    }
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return new Item(check.upstream(), outcome, reason, observed.status, tookMs, about);
  }

  private static Outcome outcome(UpstreamException.Kind kind, Integer status) {
    return switch (kind) {
      case REFUSED_CREDENTIAL -> Outcome.REFUSED;
      // One that has too much to do was reached.
      case UNAVAILABLE ->
          status != null && status == TOO_MANY_REQUESTS ? Outcome.FAILED : Outcome.UNREACHABLE;
      default -> Outcome.FAILED;
    };
  }

  private static String reason(UpstreamException e) {
    return e.getCause() instanceof GatewayException none ? none.reason().name() : e.kind().name();
  }

  /** A gateway of one check, which keeps the last answer's status. */
  private static final class Observed implements Gateway {
    private final Gateway gateway;
    private final String requestId;
    private Integer status;

    Observed(Gateway gateway, String requestId) {
      this.gateway = gateway;
      this.requestId = requestId;
    }

    @Override
    public GatewayResponse send(GatewayRequest request) {
      status = null;
      GatewayResponse response = gateway.send(request.onBehalfOf(requestId, null));
      status = response.status();
      return response;
    }
  }
}
