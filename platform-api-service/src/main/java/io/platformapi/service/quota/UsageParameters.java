package io.platformapi.service.quota;

import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the query parameters of the quota endpoints, each null when absent. */
final class UsageParameters {
  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("9999-01-01T00:00:00Z");
  private static final String SCOPES = "must be one of " + LedgerScope.NAMES.list();
  private static final String TIME = "must be an RFC 3339 time";

  /** Those whose sums the counters are or can be added up to. */
  private static final Set<WindowKind> WINDOWS =
      EnumSet.of(
          WindowKind.HOUR, WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH, WindowKind.LIFETIME);

  private UsageParameters() {}

  /** What a caller wrote. */
  record Asked(
      String scope, String scopeId, String window, String at, String asOf, String series) {}

  /**
   * @param now what is meant when no time is given
   * @throws ValidationException that names every broken rule
   */
  static UsageQuery query(String tenantId, Asked asked, Instant now) {
    List<FieldProblem> problems = new ArrayList<>();
    String scope = asked.scope();
    String scopeId = asked.scopeId();
    String window = asked.window();
    Optional<LedgerScope> knownScope =
        scope == null ? Optional.of(LedgerScope.TENANT) : LedgerScope.NAMES.parse(scope);
    Optional<QuotaWindow> knownWindow =
        WindowKind.NAMES
            .parse(window == null ? WindowKind.MONTH.wire() : window)
            .filter(WINDOWS::contains)
            .map(QuotaWindow::of);
    Optional<Instant> asOf = asOf(problems, asked.asOf(), now);
    Optional<Instant> time = asked.at() == null ? Optional.of(asOf.orElse(now)) : time(asked.at());
    Optional<SeriesStep> series = series(problems, asked.series(), knownWindow);
    if (knownScope.isEmpty()) {
      problems.add(new FieldProblem("scope", SCOPES));
    }
    if (knownWindow.isEmpty()) {
      problems.add(
          new FieldProblem(
              "window",
              "must be one of "
                  + WINDOWS.stream().map(WindowKind::wire).collect(Collectors.joining(", "))));
    }
    if (time.isEmpty()) {
      problems.add(new FieldProblem("at", TIME));
    }
    String id = scopeId;
    if (knownScope.isPresent() && knownScope.get() == LedgerScope.TENANT) {
      if (scopeId != null && !scopeId.equals(tenantId)) {
        problems.add(new FieldProblem("scopeId", "must be absent for the tenant"));
      }
      id = tenantId;
    } else if (scopeId != null && (scopeId.isEmpty() || !storable(scopeId))) {
      problems.add(
          new FieldProblem("scopeId", "must be 1 to " + LedgerScope.MAX_NAME_OCTETS + " bytes"));
    }
    if (asked.series() != null && id == null) {
      problems.add(new FieldProblem("scopeId", "is required for a series"));
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    String account = id == null ? null : knownScope.get().accountName(id);
    return new UsageQuery(
        knownScope.get(),
        account,
        knownWindow.get(),
        time.get(),
        asOf.orElse(null),
        series.orElse(null));
  }

  private static Optional<Instant> asOf(List<FieldProblem> problems, String text, Instant now) {
    if (text == null) {
      return Optional.empty();
    }
    Optional<Instant> time = time(text);
    if (time.isEmpty()) {
      problems.add(new FieldProblem("asOf", TIME));
    } else if (time.get().isAfter(now)) {
      problems.add(new FieldProblem("asOf", "must not be in the future"));
    }
    return time;
  }

  private static Optional<SeriesStep> series(
      List<FieldProblem> problems, String text, Optional<QuotaWindow> window) {
    if (text == null) {
      return Optional.empty();
    }
    Optional<SeriesStep> step = SeriesStep.NAMES.parse(text);
    if (step.isEmpty()) {
      problems.add(new FieldProblem("series", "must be one of " + SeriesStep.NAMES.list()));
    } else if (window.isPresent() && !step.get().fits(window.get().kind())) {
      problems.add(
          new FieldProblem("series", "does not fit a window of " + window.get().kind().wire()));
    }
    return step;
  }

  /**
   * Reads a time, or null when there is none.
   *
   * @throws ValidationException when it is not valid
   */
  static Instant time(String field, String text) {
    return text == null ? null : time(text).orElseThrow(() -> new ValidationException(field, TIME));
  }

  /** The name in a cursor of this query's list. */
  static String name(UsageQuery query, String scope, String encoded) {
    try {
      String name = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
      if (scope.equals(query.scope().wire()) && storable(name)) {
        return name;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ValidationException("cursor", "is not a cursor of this list");
  }

  /**
   * Reads {@code scope:key}; the key is empty for the source of the scope.
   *
   * @throws ValidationException when it is not valid
   */
  static LedgerQuery.Account account(String text) {
    if (text == null) {
      return null;
    }
    int colon = text.indexOf(':');
    if (colon > 0 && storable(text)) {
      Optional<LedgerScope> scope = LedgerScope.NAMES.parse(text.substring(0, colon));
      if (scope.isPresent()) {
        String key = scope.get().accountName(text.substring(colon + 1));
        return new LedgerQuery.Account(scope.get(), key);
      }
    }
    throw new ValidationException("account", "must be scope:key; the scope " + SCOPES);
  }

  private static Optional<Instant> time(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return time.isBefore(FIRST) || time.isAfter(LAST) ? Optional.empty() : Optional.of(time);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static boolean storable(String text) {
    return text.indexOf('\0') < 0
        && text.getBytes(StandardCharsets.UTF_8).length <= LedgerScope.MAX_NAME_OCTETS * 2;
  }
}
