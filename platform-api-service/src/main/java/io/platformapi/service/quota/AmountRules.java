package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.http.Money;
import io.platformapi.service.problem.ValidationException;
import java.util.Optional;

/** Reads amounts: whole numbers, or money of one currency, neither below zero. */
final class AmountRules {
  private final Problems problems;
  private final String currency;

  AmountRules(Problems problems, String currency) {
    this.problems = problems;
    this.currency = currency;
  }

  Optional<Long> whole(String path, JsonNode number) {
    if (number == null
        || !number.isIntegralNumber()
        || !number.canConvertToLong()
        || number.longValue() < 0) {
      problems.add(path, "must be a whole number from 0");
      return Optional.empty();
    }
    return Optional.of(number.longValue());
  }

  /** Nano-units. */
  Optional<Long> money(String path, JsonNode money) {
    if (money == null
        || !money.isObject()
        || money.size() != 2
        || !money.path("amount").isTextual()
        || !money.path("currency").isTextual()) {
      problems.add(path, "must be {amount, currency}, both text");
      return Optional.empty();
    }
    return money(
        path, new Money(money.get("amount").textValue(), money.get("currency").textValue()));
  }

  Optional<Long> money(String path, Money money) {
    try {
      long nanos = money.toNanos(path);
      if (nanos < 0) {
        problems.add(path + ".amount", "must not be negative");
      } else if (!money.currency().equals(currency)) {
        problems.add(
            path + ".currency", "must be " + currency + ", the currency that is counted in");
      } else {
        return Optional.of(nanos);
      }
    } catch (ValidationException e) {
      problems.addAll(e);
    }
    return Optional.empty();
  }
}
