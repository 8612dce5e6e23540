package io.platformapi.service.task;

import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Parameters of a task: read by name, refused by name, never quoted. */
public final class TaskParameters {
  private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e]{1,200}");

  private final Map<String, List<String>> values;

  public TaskParameters(Map<String, List<String>> values) {
    this.values = Map.copyOf(values);
  }

  /** Refuses parameters that nobody would read, since most are slips of the pen. */
  public TaskParameters only(String... names) {
    Set<String> known = Set.of(names);
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new ValidationException(
            PLAIN.matcher(name).matches() ? name : "parameters", "is no parameter of this task");
      }
    }
    return this;
  }

  /** The values of a parameter that may be there several times. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of()).stream().filter(v -> !v.isBlank()).toList();
  }

  /** Visible ASCII, at most 200 characters; null when absent. */
  public String text(String name) {
    List<String> given = all(name);
    if (given.isEmpty()) {
      return null;
    }
    if (given.size() > 1) {
      throw new ValidationException(name, "must be there once");
    }
    if (!PLAIN.matcher(given.get(0)).matches()) {
      throw new ValidationException(name, "must be up to 200 visible ASCII characters");
    }
    return given.get(0);
  }

  /** The same, of what must be there. */
  public String required(String name) {
    String text = text(name);
    if (text == null) {
      throw new ValidationException(name, "is required");
    }
    return text;
  }

  /**
   * The id of a tenant that must be there.
   *
   * @throws ResourceNotFoundException when there is none of that id
   */
  public String tenant(Predicate<String> known) {
    return known(required("tenant"), known);
  }

  /** The ids of several tenants, of one to so many. */
  public List<String> tenants(int most, Predicate<String> known) {
    List<String> tenants = all("tenant");
    if (tenants.isEmpty() || tenants.size() > most) {
      throw new ValidationException("tenant", "must be there once, or up to " + most + " times");
    }
    return tenants.stream().map(tenant -> known(tenant, known)).toList();
  }

  private static String known(String tenant, Predicate<String> known) {
    if (!known.test(tenant)) {
      throw new ResourceNotFoundException("tenant");
    }
    return tenant;
  }

  public int number(String name, int least, int most, int otherwise) {
    String text = text(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same answer.
    }
    throw new ValidationException(name, "must be a number from " + least + " to " + most);
  }

  /** RFC 3339; null when absent. */
  public Instant time(String name) {
    String text = text(name);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new ValidationException(name, "must be a time such as 2026-01-31T00:00:00Z");
    }
  }
}
