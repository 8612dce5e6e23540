package io.platformapi.service.quota;

import io.platformapi.service.http.WireNames;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Everything that a quota can limit. */
public enum QuotaDimension {
  INPUT_TOKENS(UsageSums::inputTokens),
  OUTPUT_TOKENS(UsageSums::outputTokens),
  TOTAL_TOKENS(UsageSums::totalTokens),
  REQUESTS(UsageSums::requests),
  COST(UsageSums::costNanos);

  static final WireNames<QuotaDimension> NAMES = new WireNames<>(values(), QuotaDimension::wire);

  private final ToLongFunction<UsageSums> used;

  QuotaDimension(ToLongFunction<UsageSums> used) {
    this.used = used;
  }

  /** How much of it was used; the cost in nano-units. */
  long used(UsageSums sums) {
    return used.applyAsLong(sums);
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
