package io.platformapi.routes.gateway.litellm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;

/** Fields of an object that LiteLLM answered; absent and null are the same. */
final class LiteLlmFields {
  // More than a double's; what is beyond would only be written out to fill the memory.
  private static final int MAX_DIGITS = 400;

  private final JsonNode object;

  /**
   * @throws IOException when it is no object
   */
  LiteLlmFields(JsonNode object) throws IOException {
    if (object == null || !object.isObject()) {
      throw new IOException("not an object");
    }
    this.object = object;
  }

  /** A field that is an object, or null. */
  LiteLlmFields inner(String name) throws IOException {
    JsonNode value = present(name);
    return value == null || !value.isObject() ? null : new LiteLlmFields(value);
  }

  /** Null and the empty text are none. */
  String text(String name) throws IOException {
    JsonNode value = present(name);
    if (value == null || value.isTextual() && value.textValue().isEmpty()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new IOException(name + " is no text");
    }
    return value.textValue();
  }

  BigDecimal amount(String name) throws IOException {
    JsonNode value = present(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || value.isDouble()) {
      // A double is what NaN and Infinity become.
      throw new IOException(name + " is no amount");
    }
    BigDecimal amount = value.decimalValue();
    if ((long) amount.precision() - amount.scale() > MAX_DIGITS || amount.scale() > MAX_DIGITS) {
      throw new IOException(name + " is no amount that is real");
    }
    return amount;
  }

  Long count(String name) throws IOException {
    BigDecimal value = amount(name);
    try {
      return value == null ? null : value.longValueExact();
    } catch (ArithmeticException e) {
      throw new IOException(name + " is no count");
    }
  }

  Instant time(String name) throws IOException {
    String text = text(name);
    Instant time = text == null ? null : LiteLlmTimes.read(text);
    if (text != null && time == null) {
      throw new IOException(name + " is no time");
    }
    return time;
  }

  boolean flag(String name) {
    return object.path(name).asBoolean();
  }

  LiteLlmLimits limits() throws IOException {
    return new LiteLlmLimits(
        amount("max_budget"),
        amount("soft_budget"),
        text("budget_duration"),
        time("budget_reset_at"),
        count("tpm_limit"),
        count("rpm_limit"));
  }

  private JsonNode present(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
