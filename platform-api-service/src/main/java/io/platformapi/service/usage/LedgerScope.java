package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.WireNames;

/** Every kind of thing that usage is metered for. */
public enum LedgerScope {
  TENANT("tenant", null),
  TEAM("team", "team_id"),
  USER("user", "user_id"),
  END_USER("end_user", "end_user"),
  API_KEY("api_key", "coalesce(nullif(key_hash, ''), key_alias)"),
  PROVIDER("provider", "provider"),
  MODEL("model", "coalesce(nullif(model_group, ''), model)");

  /** Longest name, in bytes of UTF-8, that the ledger keeps as it is. */
  public static final int MAX_NAME_OCTETS = 512;

  public static final WireNames<LedgerScope> NAMES = new WireNames<>(values(), LedgerScope::wire);

  private final String wire;
  private final String eventSql;

  LedgerScope(String wire, String eventSql) {
    this.wire = wire;
    this.eventSql = eventSql;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return wire;
  }

  /**
   * Id of the scope's source account, which gives what the others receive; the migration makes it.
   */
  long sourceAccount() {
    return ordinal() + 1L;
  }

  /** Who of this scope the call belongs to, or null when the call does not say. */
  String keyOf(String tenantId, UsageRecord call) {
    return this == TENANT ? tenantId : nameOf(call);
  }

  /** The same for all scopes but the tenant, which no call tells. */
  public String nameOf(UsageRecord call) {
    return switch (this) {
      case TENANT -> null;
      case TEAM -> call.teamId();
      case USER -> call.userId();
      case END_USER -> call.endUser();
      case API_KEY -> firstOf(call.keyHash(), call.keyAlias());
      case PROVIDER -> call.provider();
      case MODEL -> firstOf(call.modelGroup(), call.model());
    };
  }

  /** The same as SQL over the columns of {@code usage_events}. */
  public String eventSql() {
    return eventSql;
  }

  /** How the ledger names somebody: itself, unless the name is too long for that. */
  public String accountName(String name) {
    return AccountKey.of(this, name).key();
  }

  /** A name for people, or null. */
  String labelOf(UsageRecord call) {
    return this == API_KEY ? call.keyAlias() : null;
  }

  private static String firstOf(String first, String second) {
    return first == null || first.isEmpty() ? second : first;
  }
}
