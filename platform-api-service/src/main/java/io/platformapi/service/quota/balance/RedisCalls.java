package io.platformapi.service.quota.balance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Calls of the copy's Redis, which is left alone when it fails again and again. */
public final class RedisCalls {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCalls.class);
  private static final int FAILURES = 3;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final RedisClient redis;
  private final MeterRegistry meters;
  private final Breaker breaker;

  /**
   * @param redis must have short timeouts and few connections
   * @param nanos as {@link System#nanoTime} has it
   */
  public RedisCalls(RedisClient redis, MeterRegistry meters, LongSupplier nanos) {
    this.redis = redis;
    this.meters = meters;
    this.breaker = new Breaker(FAILURES, PAUSE, nanos);
  }

  /** Calls of one kind, which are counted. */
  Kind kind(String operation) {
    return new Kind(counter(operation, "ok"), counter(operation, "failed"), skipped(operation));
  }

  private Counter skipped(String operation) {
    return counter(operation, "skipped");
  }

  private Counter counter(String operation, String outcome) {
    return Counter.builder("platform.quota.copy.operations")
        .tag("operation", operation)
        .tag("outcome", outcome)
        .description("Calls of the copy of balances in Redis")
        .register(meters);
  }

  /** One kind of calls. */
  final class Kind {
    private final Counter ok;
    private final Counter failed;
    private final Counter skipped;

    /**
     * @param skipped not even asked, because Redis has failed again and again
     */
    private Kind(Counter ok, Counter failed, Counter skipped) {
      this.ok = ok;
      this.failed = failed;
      this.skipped = skipped;
    }

    /** Empty when there is no answer. */
    <T> Optional<T> ask(Function<RedisClient, T> question) {
      if (!breaker.closed()) {
        skipped.increment();
        return Optional.empty();
      }
      try {
        Optional<T> answer = Optional.ofNullable(question.apply(redis));
        breaker.succeeded();
        ok.increment();
        return answer;
      } catch (JedisException e) {
        failed.increment();
        failed(e);
        return Optional.empty();
      }
    }
  }

  private void failed(JedisException failure) {
    if (failure instanceof JedisConnectionException) {
      // The others lead to the same server that is gone.
      redis.getPool().clear();
    }
    if (breaker.failed()) {
      LOG.warn("balances are asked of PostgreSQL alone: {}", failure.getMessage());
    }
  }
}
