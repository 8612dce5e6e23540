package io.platformapi.routes.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.support.ExactDecimal;
import io.platformapi.routes.support.Sha256;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A body of LiteLLM's webhook (WebhookEvent in litellm/proxy/_types.py, 1.102.4).
 *
 * @param event {@code event}, such as {@code budget_crossed}
 * @param owner whose budget it is; the key's metadata do not come along
 * @param spendNanos {@code spend} of the budget's period, in nano-units
 * @param maxBudgetNanos {@code max_budget}, or null for none
 * @param received the object as it came
 */
record BudgetAlert(
    String event, CallOwner owner, long spendNanos, Long maxBudgetNanos, String received) {
  // The same webhook also tells the spend of every call of a customer, and of new keys and users.
  private static final Set<String> OTHERS =
      Set.of("spend_tracked", "key_created", "key_rotated", "internal_user_created");
  // What int64 nano-units hold.
  private static final BigDecimal MAX_AMOUNT = BigDecimal.valueOf(9_000_000_000L);
  private static final String KEY_PREFIX = "sk-";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Whether it is of a budget; one of a kind that LiteLLM does not know yet may be. */
  boolean isOfBudget() {
    return !OTHERS.contains(event);
  }

  /**
   * @throws InvalidAlertException when it is none
   */
  static BudgetAlert read(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    if (!(tree(text) instanceof ObjectNode alert)) {
      throw new InvalidAlertException(null, "not a JSON object");
    }
    return new BudgetAlert(
        required(alert, "event"),
        new CallOwner(text(alert, "team_id"), text(alert, "organization_id"), null),
        spend(alert),
        amount(alert, "max_budget"),
        withoutKey(alert, text));
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // What Jackson says may quote the body.
      throw new InvalidAlertException(null, "not JSON");
    }
  }

  private static long spend(ObjectNode alert) {
    Long spend = amount(alert, "spend");
    if (spend == null) {
      throw new InvalidAlertException("spend", "is needed");
    }
    return spend;
  }

  private static Long amount(ObjectNode alert, String name) {
    JsonNode value = alert.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isNumber()) {
      throw new InvalidAlertException(name, "must be a number");
    }
    try {
      return ExactDecimal.nanos(ExactDecimal.within(value.asText(), MAX_AMOUNT));
    } catch (ExactDecimal.FaultException e) {
      throw new InvalidAlertException(name, "must be an amount from 0 to " + MAX_AMOUNT);
    }
  }

  private static String required(ObjectNode alert, String name) {
    String text = text(alert, name);
    if (text == null) {
      throw new InvalidAlertException(name, "is needed");
    }
    return text;
  }

  private static String text(ObjectNode alert, String name) {
    JsonNode value = alert.path(name);
    if (value.isMissingNode() || value.isNull() || value.asText().isEmpty() && value.isTextual()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new InvalidAlertException(name, "must be text");
    }
    return value.textValue();
  }

  /** The field is the key's hash, and should it ever be the key, it becomes its hash. */
  private static String withoutKey(ObjectNode alert, String received) {
    String token = alert.path("token").asText();
    if (!token.startsWith(KEY_PREFIX)) {
      return received;
    }
    return alert.put("token", Sha256.hex(token.getBytes(StandardCharsets.UTF_8))).toString();
  }
}
