package io.platformapi.service.tenant;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Who makes the users of a tenant. */
public enum UserProvisioning {
  /** Whoever may write users. */
  OFF,
  /** Also the first token of a person, just in time. */
  JIT;

  /** As written in JSON and in the database. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<UserProvisioning> of(String code) {
    return Arrays.stream(values()).filter(value -> value.code().equals(code)).findFirst();
  }
}
