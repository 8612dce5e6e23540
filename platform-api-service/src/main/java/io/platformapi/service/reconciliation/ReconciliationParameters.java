package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunState;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what callers of the reconciliation's endpoints write, each null when absent. */
final class ReconciliationParameters {
  /** Longest window of a run. */
  static final Duration LONGEST = Duration.ofDays(92);

  private static final int MAX_TEXT_OCTETS = 2000;
  private static final int NANO_DIGITS = 9;
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-01-01T00:00:00Z");
  private static final List<String> STATES =
      Arrays.stream(RunState.values()).map(RunState::wire).toList();

  private ReconciliationParameters() {}

  /** What a caller wrote of the differences it wants. */
  record Asked(
      String difference,
      String status,
      String callId,
      String team,
      String key,
      String model,
      String minCost) {}

  static RunQuery runs(String state, String from, String to) {
    if (state != null && !STATES.contains(state)) {
      throw new ValidationException(
          "state", "must be one of " + STATES.stream().collect(Collectors.joining(", ")));
    }
    return new RunQuery(
        state == null ? null : RunState.of(state), time("from", from), time("to", to));
  }

  static ItemQuery items(UUID run, Asked asked) {
    return new ItemQuery(
        run,
        asked.difference == null
            ? null
            : DifferenceClass.NAMES
                .parse(asked.difference)
                .orElseThrow(
                    () ->
                        new ValidationException(
                            "difference", "must be one of " + DifferenceClass.NAMES.list())),
        asked.status == null
            ? null
            : ItemStatus.NAMES
                .parse(asked.status)
                .orElseThrow(
                    () ->
                        new ValidationException(
                            "status", "must be one of " + ItemStatus.NAMES.list())),
        text("callId", asked.callId),
        text("team", asked.team),
        text("key", asked.key),
        text("model", asked.model),
        nanos("minCost", asked.minCost));
  }

  static CounterVerdict verdict(String text) {
    return text == null
        ? null
        : CounterVerdict.NAMES
            .parse(text)
            .orElseThrow(
                () ->
                    new ValidationException(
                        "verdict", "must be one of " + CounterVerdict.NAMES.list()));
  }

  /**
   * The window of a run.
   *
   * @throws ValidationException when it is empty, too long, or not over yet
   */
  static NewReconciliation window(NewReconciliation given, Instant now) {
    NewReconciliation window = given == null ? new NewReconciliation(null, null) : given;
    plausible("from", window.from());
    plausible("to", window.to());
    if (window.to() != null && window.to().isAfter(now)) {
      throw new ValidationException("to", "must not be in the future");
    }
    if (window.from() != null) {
      Instant to = window.to() == null ? now : window.to();
      if (!window.from().isBefore(to)) {
        throw new ValidationException("from", "must be before the window's end");
      }
      if (Duration.between(window.from(), to).compareTo(LONGEST) > 0) {
        throw new ValidationException(
            "from", "must be at most " + LONGEST.toDays() + " days before the window's end");
      }
    }
    return window;
  }

  /** The id of a thing that its path names; whatever is no id is as unknown as any other. */
  static UUID id(String text, String what) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ResourceNotFoundException(what);
  }

  private static void plausible(String field, Instant time) {
    if (time != null && (time.isBefore(FIRST) || time.isAfter(LAST))) {
      throw new ValidationException(field, "must be in 2020 or later");
    }
  }

  private static Instant time(String field, String text) {
    if (text == null) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (!time.isBefore(Instant.EPOCH) && !time.isAfter(LAST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // Refused below.
    }
    throw new ValidationException(field, "must be an RFC 3339 time");
  }

  private static String text(String field, String text) {
    if (text != null
        && (text.isEmpty()
            || text.indexOf('\0') >= 0
            || text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_OCTETS)) {
      throw new ValidationException(field, "must be 1 to " + MAX_TEXT_OCTETS + " bytes");
    }
    return text;
  }

  private static Long nanos(String field, String text) {
    if (text == null) {
      return null;
    }
    if (!AMOUNT.matcher(text).matches()) {
      throw new ValidationException(field, "must be a decimal number with up to nine places");
    }
    return new BigDecimal(text).movePointRight(NANO_DIGITS).longValueExact();
  }
}
