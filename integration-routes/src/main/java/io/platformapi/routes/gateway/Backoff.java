package io.platformapi.routes.gateway;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Decides whether an answer is worth another attempt, and how long to wait before it. */
final class Backoff {
  static final int ATTEMPTS = 3;

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final long FIRST_PAUSE_MS = 100;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final Clock clock;

  Backoff(Clock clock) {
    this.clock = clock;
  }

  /** How often a method may be tried: an unsafe one may have done its work without an answer. */
  int attempts(String method) {
    return SAFE.contains(method) ? ATTEMPTS : 1;
  }

  /** Whether another attempt may be answered otherwise. */
  boolean worthAnother(GatewayResponse response) {
    return UpstreamGuard.AWAY.contains(response.status())
        || response.status() == TOO_MANY_REQUESTS && retryAfter(response).isPresent();
  }

  /**
   * The pause before the next attempt: random, twice as long each time, and not shorter than the
   * upstream asks for.
   *
   * @param attempt number of the attempt that failed, from 1
   * @param response what it answered, or null
   */
  Duration pause(int attempt, GatewayResponse response) {
    long longest = FIRST_PAUSE_MS << attempt - 1;
    Duration jittered =
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
    // Not all at the very second that the upstream names.
    return response == null
        ? jittered
        : retryAfter(response).map(asked -> asked.plus(jittered)).orElse(jittered);
  }

  /** RFC 9110, section 10.2.3: seconds or a date; what is neither is ignored. */
  private Optional<Duration> retryAfter(GatewayResponse response) {
    if (response.status() != TOO_MANY_REQUESTS && response.status() != UNAVAILABLE) {
      return Optional.empty();
    }
    return response.header("retry-after").map(String::strip).flatMap(this::read);
  }

  private Optional<Duration> read(String text) {
    if (SECONDS.matcher(text).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
      Duration until = Duration.between(clock.instant(), date);
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
