package io.platformapi.service.tenant;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a tenant is in its life. */
public enum TenantState {
  /** Its database is being made. */
  PROVISIONING,
  ACTIVE,
  /** Its database could not be made; the tenant may be created again. */
  FAILED,
  SUSPENDED;

  /** As written in JSON and in the database. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  static TenantState of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
