package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads and writes the window of a quota: a kind, such as {@code "month"}, or an object: {@code
 * {"kind": "month", "timeZone": "Europe/Berlin", "anchorDay": 15}}, {@code {"kind": "rolling",
 * "length": "PT24H"}}.
 */
final class WindowRules {
  private static final String KIND = "kind";
  private static final String ZONE = "timeZone";
  private static final String HOUR = "anchorHour";
  private static final String DAY = "anchorDay";
  private static final String LENGTH = "length";
  private static final Set<String> FIELDS = Set.of(KIND, ZONE, HOUR, DAY, LENGTH);

  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(31);
  private static final int MAX_LENGTH_TEXT = 40;
  private static final Set<String> ZONES = ZoneId.getAvailableZoneIds();

  private final Problems problems;

  WindowRules(Problems problems) {
    this.problems = problems;
  }

  Optional<QuotaWindow> read(String path, JsonNode window) {
    if (window != null && window.isObject()) {
      return object(path, window);
    }
    String name = window == null ? null : window.textValue();
    Optional<WindowKind> kind = problems.oneOf(path, name, WindowKind.NAMES);
    if (kind.isPresent() && kind.get() == WindowKind.ROLLING) {
      problems.add(path, "must be {kind, length} for a rolling window");
      return Optional.empty();
    }
    return kind.map(QuotaWindow::of);
  }

  private Optional<QuotaWindow> object(String path, JsonNode window) {
    int before = problems.count();
    window
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                problems.add(path + "." + name, "is not a known field");
              }
            });
    Optional<WindowKind> kind =
        problems.oneOf(path + "." + KIND, window.path(KIND).textValue(), WindowKind.NAMES);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    WindowKind known = kind.get();
    boolean week = known == WindowKind.WEEK;
    ZoneId zone = zone(path + "." + ZONE, given(window, ZONE), known.anchored());
    int hour = number(path + "." + HOUR, given(window, HOUR), 0, 23, 0, known.anchored());
    int day =
        number(
            path + "." + DAY,
            given(window, DAY),
            1,
            week ? 7 : 28,
            1,
            week || known == WindowKind.MONTH);
    Duration length =
        length(path + "." + LENGTH, given(window, LENGTH), known == WindowKind.ROLLING);
    return problems.count() == before
        ? Optional.of(new QuotaWindow(known, zone, hour, day, length))
        : Optional.empty();
  }

  private static JsonNode given(JsonNode window, String field) {
    JsonNode value = window.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private ZoneId zone(String path, JsonNode zone, boolean fits) {
    if (zone == null) {
      return QuotaWindow.UTC;
    }
    if (!fits) {
      problems.add(path, "is for day, week and month");
    } else if (!zone.isTextual() || !ZONES.contains(zone.textValue())) {
      problems.add(path, "must be the name of an IANA time zone, such as Europe/Berlin");
    } else {
      return ZoneId.of(zone.textValue());
    }
    return QuotaWindow.UTC;
  }

  private int number(String path, JsonNode number, int from, int to, int absent, boolean fits) {
    if (number == null) {
      return absent;
    }
    if (!fits) {
      problems.add(path, "is not for a window of this kind");
    } else if (!number.isIntegralNumber()
        || !number.canConvertToInt()
        || number.intValue() < from
        || number.intValue() > to) {
      problems.add(path, "must be a whole number from " + from + " to " + to);
    } else {
      return number.intValue();
    }
    return absent;
  }

  private Duration length(String path, JsonNode length, boolean rolling) {
    if (!rolling) {
      if (length != null) {
        problems.add(path, "is for a rolling window");
      }
      return Duration.ZERO;
    }
    Duration parsed = length == null ? null : duration(length);
    if (parsed == null || parsed.compareTo(SHORTEST) < 0 || parsed.compareTo(LONGEST) > 0) {
      problems.add(path, "must be an ISO 8601 duration of whole seconds from PT1M to P31D");
      return SHORTEST;
    }
    return parsed;
  }

  private static Duration duration(JsonNode text) {
    if (!text.isTextual() || text.textValue().length() > MAX_LENGTH_TEXT) {
      return null;
    }
    try {
      Duration duration = Duration.parse(text.textValue());
      return duration.getNano() == 0 ? duration : null;
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** As it is read: a plain window as its name. */
  static Object write(QuotaWindow window) {
    if (window.plain()) {
      return window.kind().wire();
    }
    Map<String, Object> written = new LinkedHashMap<>();
    written.put(KIND, window.kind().wire());
    if (window.isRolling()) {
      written.put(LENGTH, window.length().toString());
      return written;
    }
    written.put(ZONE, window.zone().getId());
    written.put(HOUR, window.anchorHour());
    if (window.kind() != WindowKind.DAY) {
      written.put(DAY, window.anchorDay());
    }
    return written;
  }
}
