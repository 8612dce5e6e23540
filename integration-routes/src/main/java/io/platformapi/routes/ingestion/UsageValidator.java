package io.platformapi.routes.ingestion;

import io.platformapi.routes.ingestion.UsageFields.Kind;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.support.CallLimits;
import io.platformapi.routes.support.DisplayText;

/**
 * Makes the usage record of what was read, or says why it cannot be posted. Strict about what is
 * posted and to whom, tolerant about what is only shown.
 */
final class UsageValidator {
  private final EventIdentity identity = new EventIdentity();

  UsageRecord validate(UsageFields fields) throws RejectedException {
    String callId = identifier(fields, UsageField.CALL_ID);
    String responseId = identifier(fields, UsageField.ID);
    CallStatus status = status(fields);
    if (!fields.present(UsageField.START_TIME)) {
      throw rejected(RejectReason.MISSING_FIELD, UsageField.START_TIME);
    }
    return new UsageRecord(
        identity.of(fields),
        DisplayText.clean(callId),
        DisplayText.clean(responseId),
        status,
        flag(fields, UsageField.CACHE_HIT),
        flag(fields, UsageField.STREAM),
        display(fields, UsageField.CALL_TYPE),
        Times.read(fields, UsageField.START_TIME),
        fields.present(UsageField.END_TIME) ? Times.read(fields, UsageField.END_TIME) : null,
        owner(fields, UsageField.TEAM_ID),
        owner(fields, UsageField.ORGANIZATION_ID),
        display(fields, UsageField.KEY_HASH),
        display(fields, UsageField.KEY_ALIAS),
        display(fields, UsageField.USER_ID),
        display(fields, UsageField.END_USER),
        display(fields, UsageField.PROVIDER),
        display(fields, UsageField.MODEL),
        display(fields, UsageField.MODEL_GROUP),
        Amounts.tokens(fields, UsageField.INPUT_TOKENS, CallLimits.MAX_TOKENS),
        Amounts.tokens(fields, UsageField.OUTPUT_TOKENS, CallLimits.MAX_TOKENS),
        Amounts.tokens(fields, UsageField.TOTAL_TOKENS, 2 * CallLimits.MAX_TOKENS),
        Amounts.costNanos(fields, UsageField.COST));
  }

  /**
   * Refuses owner ids that are no strings: such an event was not written by a gateway we know, so
   * nobody shall be charged for it.
   */
  static void checkOwner(UsageFields fields) throws RejectedException {
    owner(fields, UsageField.TEAM_ID);
    owner(fields, UsageField.ORGANIZATION_ID);
    owner(fields, UsageField.AUTH_TENANT_ID);
    owner(fields, UsageField.TENANT_ID);
  }

  static RejectedException rejected(RejectReason reason, UsageField field) {
    return new RejectedException(reason, field.compactName());
  }

  private static String identifier(UsageFields fields, UsageField field) throws RejectedException {
    if (!fields.present(field)) {
      throw rejected(RejectReason.MISSING_FIELD, field);
    }
    if (fields.kind(field) != Kind.STRING) {
      throw rejected(RejectReason.WRONG_TYPE, field);
    }
    String text = fields.text(field);
    if (text.isEmpty()) {
      throw rejected(RejectReason.MISSING_FIELD, field);
    }
    return text;
  }

  private static CallStatus status(UsageFields fields) throws RejectedException {
    if (!fields.present(UsageField.STATUS)) {
      throw rejected(RejectReason.MISSING_FIELD, UsageField.STATUS);
    }
    CallStatus status =
        fields.kind(UsageField.STATUS) != Kind.STRING
            ? null
            : switch (fields.text(UsageField.STATUS)) {
              case "success" -> CallStatus.SUCCESS;
              case "failure" -> CallStatus.FAILURE;
              default -> null;
            };
    if (status == null) {
      throw rejected(RejectReason.INVALID_STATUS, UsageField.STATUS);
    }
    return status;
  }

  /** A boolean, or Python's text of one: LiteLLM writes both. */
  private static boolean flag(UsageFields fields, UsageField field) throws RejectedException {
    Boolean flag =
        switch (fields.kind(field)) {
          case ABSENT, NULL, FALSE -> Boolean.FALSE;
          case TRUE -> Boolean.TRUE;
          case STRING ->
              switch (fields.text(field)) {
                case "True", "true" -> Boolean.TRUE;
                case "False", "false", "None", "" -> Boolean.FALSE;
                default -> null;
              };
          default -> null;
        };
    if (flag == null) {
      throw rejected(RejectReason.WRONG_TYPE, field);
    }
    return flag;
  }

  private static String owner(UsageFields fields, UsageField field) throws RejectedException {
    if (fields.present(field) && fields.kind(field) != Kind.STRING) {
      throw rejected(RejectReason.WRONG_TYPE, field);
    }
    return DisplayText.clean(fields.text(field));
  }

  private static String display(UsageFields fields, UsageField field) {
    return DisplayText.clean(fields.text(field));
  }
}
