package io.platformapi.service.user;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Whether a user may act. */
public enum UserStatus {
  ACTIVE,
  SUSPENDED,
  /** Not shown any more; its tokens stay refused. */
  DELETED;

  /** As written in JSON and in the database. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<UserStatus> of(String code) {
    return Arrays.stream(values()).filter(value -> value.code().equals(code)).findFirst();
  }
}
