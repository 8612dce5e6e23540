package io.platformapi.routes.gateway.litellm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.RowFault;
import io.platformapi.routes.message.RowFault.Reason;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.support.CallLimits;
import io.platformapi.routes.support.DisplayText;
import io.platformapi.routes.support.ExactDecimal;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * Reads spend rows one by one. Strict about what is compared in money and tokens, tolerant about
 * what is only shown. Not for use by several threads.
 */
final class SpendRowReader {
  private static final BigDecimal MAX_TOKENS = BigDecimal.valueOf(CallLimits.MAX_TOKENS);
  private static final BigDecimal MAX_TOTAL = MAX_TOKENS.add(MAX_TOKENS);

  private final SpendFields fields;

  SpendRowReader(JsonFactory json) {
    this.fields = new SpendFields(json);
  }

  /** Takes what a page holds. */
  interface Sink {
    void row(SpendRow row);

    void fault(RowFault fault);
  }

  /** Reads the value that the parser stands on to its end. */
  void read(JsonParser parser, Sink sink) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      sink.fault(new RowFault(null, null, Reason.NOT_AN_OBJECT));
      return;
    }
    fields.read(parser);
    try {
      sink.row(row());
    } catch (FaultException e) {
      sink.fault(new RowFault(requestId(), e.field.gatewayName(), e.reason));
    }
  }

  private SpendRow row() throws IOException, FaultException {
    String requestId = requestId();
    if (requestId == null) {
      throw new FaultException(
          SpendField.REQUEST_ID,
          fields.token(SpendField.REQUEST_ID) == null
                  || fields.token(SpendField.REQUEST_ID) == JsonToken.VALUE_STRING
              ? Reason.MISSING
              : Reason.WRONG_TYPE);
    }
    return new SpendRow(
        requestId,
        shown(SpendField.CALL_ID),
        shown(SpendField.CALL_TYPE),
        status(),
        cacheHit(),
        shown(SpendField.API_KEY),
        shown(SpendField.KEY_ALIAS),
        owner(SpendField.TEAM_ID, SpendField.KEY_TEAM_ID),
        owner(SpendField.ORGANIZATION_ID, SpendField.KEY_ORGANIZATION_ID),
        shown(SpendField.USER),
        shown(SpendField.END_USER),
        shown(SpendField.PROVIDER),
        shown(SpendField.MODEL),
        shown(SpendField.MODEL_GROUP),
        tokens(SpendField.PROMPT_TOKENS, MAX_TOKENS),
        tokens(SpendField.COMPLETION_TOKENS, MAX_TOKENS),
        tokens(SpendField.TOTAL_TOKENS, MAX_TOTAL),
        costNanos(),
        startTime(),
        fields.token(SpendField.END_TIME) == null ? null : time(SpendField.END_TIME),
        fields.received());
  }

  private String requestId() {
    return fields.token(SpendField.REQUEST_ID) == JsonToken.VALUE_STRING
        ? shown(SpendField.REQUEST_ID)
        : null;
  }

  private String shown(SpendField field) {
    return DisplayText.clean(fields.text(field));
  }

  /** Who the key belongs to; some rows have it in the metadata only. */
  private String owner(SpendField field, SpendField inMetadata) throws FaultException {
    String owner = string(field);
    return owner != null ? owner : string(inMetadata);
  }

  private String string(SpendField field) throws FaultException {
    JsonToken token = fields.token(field);
    if (token != null && token != JsonToken.VALUE_STRING) {
      throw new FaultException(field, Reason.WRONG_TYPE);
    }
    return shown(field);
  }

  /** Null is what LiteLLM wrote before it knew failures: it filters such rows as successes. */
  private CallStatus status() throws FaultException {
    String text = string(SpendField.STATUS);
    if (text == null || text.equals("success")) {
      return CallStatus.SUCCESS;
    }
    if (text.equals("failure")) {
      return CallStatus.FAILURE;
    }
    throw new FaultException(SpendField.STATUS, Reason.INVALID_STATUS);
  }

  /** A boolean as Python's text of it, {@code "None"} included. */
  private boolean cacheHit() {
    return "true".equalsIgnoreCase(fields.text(SpendField.CACHE_HIT));
  }

  private long tokens(SpendField field, BigDecimal max) throws FaultException {
    JsonToken token = fields.token(field);
    if (token == null) {
      return 0;
    }
    try {
      return number(field, max).longValueExact();
    } catch (ArithmeticException e) {
      throw new FaultException(field, Reason.WRONG_TYPE);
    }
  }

  private long costNanos() throws FaultException {
    if (fields.token(SpendField.SPEND) == null) {
      throw new FaultException(SpendField.SPEND, Reason.MISSING);
    }
    return ExactDecimal.nanos(number(SpendField.SPEND, CallLimits.MAX_COST));
  }

  private BigDecimal number(SpendField field, BigDecimal max) throws FaultException {
    JsonToken token = fields.token(field);
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw new FaultException(field, Reason.WRONG_TYPE);
    }
    try {
      return ExactDecimal.within(fields.text(field), max);
    } catch (ExactDecimal.FaultException e) {
      throw new FaultException(
          field,
          switch (e.fault()) {
            case WRONG_TYPE -> Reason.WRONG_TYPE;
            case NEGATIVE -> Reason.NEGATIVE;
            case ABSURD -> Reason.ABSURD;
          });
    }
  }

  private Instant startTime() throws FaultException {
    if (fields.token(SpendField.START_TIME) == null) {
      throw new FaultException(SpendField.START_TIME, Reason.MISSING);
    }
    return time(SpendField.START_TIME);
  }

  private Instant time(SpendField field) throws FaultException {
    if (fields.token(field) != JsonToken.VALUE_STRING) {
      throw new FaultException(field, Reason.WRONG_TYPE);
    }
    Instant time = LiteLlmTimes.read(fields.text(field));
    if (time == null) {
      throw new FaultException(field, Reason.INVALID_TIME);
    }
    return time;
  }

  /** Carries a fault out of the depth of the reader; has no stack trace. */
  private static final class FaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final SpendField field;
    private final Reason reason;

    FaultException(SpendField field, Reason reason) {
      super(reason.name(), null, false, false);
      this.field = field;
      this.reason = reason;
    }
  }
}
