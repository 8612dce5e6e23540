package io.platformapi.service.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The names that the values of an enum have on the wire: reads one, and lists them all. */
public final class WireNames<E extends Enum<E>> {
  private final Map<String, E> values = new LinkedHashMap<>();

  /**
   * @param values in the order of the list
   * @param name of a value, on the wire
   */
  public WireNames(E[] values, Function<E, String> name) {
    for (E value : values) {
      this.values.put(name.apply(value), value);
    }
  }

  /** The value of a name; empty for null and for a name of none. */
  public Optional<E> parse(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** All names, as in {@code hour, day, month}. */
  public String list() {
    return String.join(", ", values.keySet());
  }
}
